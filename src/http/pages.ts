import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Permissions } from '../authorization/permissions.ts';
import { redocStyles } from '../docs/pages/redoc-styles.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { isJsonObject, type JsonObject } from '../json/value.ts';
import { packageRoot } from '../package.ts';
import type { Access } from './checks.ts';
import { createKeptPages } from './kept-pages.ts';
import { createLanding } from './landing/landing.ts';
import { renderPage, type PageKind, type Sibling } from './page-html.ts';
import { pageHeaders } from './page-policy.ts';
import type { PageRoutes } from './page-routes.ts';
import type { Prefixes } from './prefixes.ts';
import { sendRepresentation, toRepresentation } from './representation.ts';
import type { DocumentKey, ShownDocument } from './shown-documents.ts';
import { seenFor, type SeenBy } from './visibility.ts';

const kinds: ReadonlyArray<PageKind & { readonly styleDigests: readonly string[] }> = [
  {
    path: '/docs',
    label: 'Swagger UI',
    styles: ['swagger-ui/swagger-ui.css', 'pages/page.css', 'pages/swagger.css'],
    styleDigests: [],
    bundle: 'swagger-ui/swagger-ui-bundle.js',
    script: 'pages/swagger.js',
  },
  {
    path: '/redoc',
    label: 'Redoc',
    styles: ['pages/page.css', 'pages/redoc.css'],
    styleDigests: redocStyles,
    bundle: 'redoc/redoc.standalone.js',
    script: 'pages/redoc.js',
  },
];

/** What the pages are made from. */
export interface PagesOptions {
  readonly gateway: Gateway;
  readonly pages: PageRoutes;
  readonly documentOf: (key: DocumentKey) => ShownDocument;
  readonly prefixes: Prefixes;
  readonly accessOf: (request: FastifyRequest) => Access;
  /** What callers may know of. */
  readonly seenBy: SeenBy | undefined;
  /** Below the gateway's root; see {@link assetsFolder}. */
  readonly assets: string;
}

const root = join(packageRoot, 'dist', 'assets');

/** Where the files of the pages are, below the gateway's root. */
export function assetsFolder(): string {
  // One folder; none before the first build, when tools are served all the same.
  return `docs/assets/${(existsSync(root) ? readdirSync(root)[0] : undefined) ?? ''}`;
}

/** Serves the landing pages, Swagger UI at docs and Redoc at redoc; their files come with the package. */
export async function addPageRoutes(app: FastifyInstance, options: PagesOptions): Promise<void> {
  const { gateway, pages, documentOf, assets, seenBy } = options;
  await app.register(fastifyStatic, {
    root,
    prefix: '/docs/assets/',
    decorateReply: false,
    index: false,
    preCompressed: true,
    // The build names the folder for what it holds, so a file at one address never changes.
    maxAge: '365d',
    immutable: true,
  });
  const kept = createKeptPages(gateway, () => kinds.length * (gateway.servers.size + 1) + maxRestricted);
  pages.add(
    '/',
    createLanding({
      ...options,
      siblingsOf: (server, at, seen) => siblingsOf(gateway, { path: '/', server, root: at, seen }),
    }),
  );
  for (const kind of kinds) {
    const headers = pageHeaders(kind.styleDigests);
    pages.add(kind.path, async (request, reply, server) => {
      const seen = seenFor(request, reply, seenBy);
      const at = server === '' ? './' : '../';
      const html = kept(`${kind.path} ${seen?.id ?? ''} ${server}`, () =>
        toRepresentation(
          'text/html; charset=utf-8',
          renderPage(kind, {
            title: titleOf(documentOf({ server, seen }).document),
            root: at,
            assets,
            kinds,
            siblings: siblingsOf(gateway, { path: kind.path, server, root: at, seen }),
          }),
        ),
      );
      return await sendRepresentation(request, reply.headers(headers), html);
    });
  }
}

/** Beside the pages of all servers and of each: those that are made for some callers. */
const maxRestricted = 64;

/** The same page of all servers and of each, as seen from a page of one of them. */
function siblingsOf(
  gateway: Gateway,
  {
    path,
    server,
    root: at,
    seen,
  }: {
    readonly path: string;
    readonly server: string;
    readonly root: string;
    readonly seen: Permissions | undefined;
  },
): readonly Sibling[] {
  const { mounts } = gateway;
  if (mounts.has('') || mounts.size === 0) return [];
  const shown = [...mounts].filter(([name]) => seen?.allowsOf(name) !== false);
  const servers = shown.map(([name, mount]) => ({
    label: name,
    href: gateway.findUnknown(name) === undefined ? `${at}${mount.slice(1)}${path}` : undefined,
    isCurrent: name === server,
  }));
  return [{ label: 'All servers', href: `${at}${path.slice(1)}`, isCurrent: server === '' }, ...servers];
}

function titleOf({ info }: JsonObject): string {
  return isJsonObject(info) && typeof info['title'] === 'string' ? info['title'] : 'API';
}
