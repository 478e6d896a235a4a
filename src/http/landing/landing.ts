import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Permissions } from '../../authorization/permissions.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { Access } from '../checks.ts';
import { createKeptPages } from '../kept-pages.ts';
import { absoluteUrl, rootFrom, type Addressed } from '../page-addresses.ts';
import type { Sibling } from '../page-html.ts';
import { pageHeaders } from '../page-policy.ts';
import { prefersHtml } from '../prefers-html.ts';
import type { Prefixes } from '../prefixes.ts';
import { sendRepresentation, toRepresentation } from '../representation.ts';
import type { DocumentKey, ShownDocument } from '../shown-documents.ts';
import { varyWith } from '../vary.ts';
import { seenFor, type SeenBy } from '../visibility.ts';
import { renderLanding } from './landing-html.ts';
import { toLandingJson } from './landing-json.ts';
import { toLandingView } from './landing-view.ts';

/** What the landing pages are made from. */
export interface LandingOptions {
  readonly gateway: Gateway;
  readonly documentOf: (key: DocumentKey) => ShownDocument;
  readonly prefixes: Prefixes;
  readonly accessOf: (request: FastifyRequest) => Access;
  /** Below the gateway's root. */
  readonly assets: string;
  readonly siblingsOf: (server: string, root: string, seen: Permissions | undefined) => readonly Sibling[];
  /** What callers may know of. */
  readonly seenBy: SeenBy | undefined;
}

/** Addresses come with requests, so the pages that are kept are few. */
const maxKept = 16;

/** Answers at the root and at each server's path: a page for browsers, the same as JSON for programs. */
export function createLanding(
  options: LandingOptions,
): (request: FastifyRequest, reply: FastifyReply, server: string) => Promise<FastifyReply> {
  const { gateway, documentOf, prefixes, accessOf, assets, siblingsOf, seenBy } = options;
  const kept = createKeptPages(gateway, () => maxKept);
  return async (request, reply, server) => {
    const asked: Addressed = {
      headers: request.headers,
      originalUrl: request.originalUrl,
      url: request.raw.url ?? '/',
    };
    const isHtml = prefersHtml(request.headers.accept);
    const access = accessOf(request);
    const seen = seenFor(request, reply, seenBy);
    const root = rootFrom(asked, prefixes);
    const mount = gateway.mounts.get(server) ?? '';
    const base = mount === '' ? root : `${root}${mount.slice(1)}/`;
    const url = absoluteUrl(base, request);
    const states = gateway.status().map(({ name, state, tools }) => ({ name, state, tools }));
    // What comes and goes by itself; the rest is cleared with the contract.
    const key = JSON.stringify([
      server,
      isHtml,
      access.mayAct,
      root,
      url,
      gateway.isLeaving,
      states,
      seen?.id,
    ]);
    const landing = kept(key, () => {
      const view = toLandingView(gateway, server, documentOf({ server, seen }).document, access, seen);
      return isHtml
        ? toRepresentation(
            'text/html; charset=utf-8',
            renderLanding(view, { root, base, url, assets, siblings: siblingsOf(server, root, seen) }),
          )
        : toRepresentation('application/json', JSON.stringify(toLandingJson(view, root, base)));
    });
    const { trustProxy } = prefixes;
    const vary = trustProxy ? 'accept, x-forwarded-host, x-forwarded-prefix, x-forwarded-proto' : 'accept';
    reply.header('vary', varyWith(reply.getHeader('vary'), vary)).headers(pageHeaders());
    return await sendRepresentation(request, reply, landing);
  };
}
