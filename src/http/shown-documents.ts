import type { Authorization } from '../authorization/authorization.ts';
import type { Permissions } from '../authorization/permissions.ts';
import type { ToolSource } from '../contract/contract.ts';
import { declareRequirements } from '../contract/document/declared-requirements.ts';
import { toServerShare } from '../contract/document/server-share.ts';
import type { ToDocumentForm } from '../contract/forms/load-document-form.ts';
import { toYaml } from '../contract/yaml.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Profile } from '../gateway/profile.ts';
import type { JsonObject } from '../json/value.ts';
import { toRepresentation, type Representation } from './representation.ts';
import { restrictDocument, restrictView } from './restrict-document.ts';

/** One server's own document out of what all of them list; its paths are relative to the server's mount. */
export type BuildServerDocument = (sources: readonly ToolSource[], server: string) => JsonObject;

/** A document as it is served. */
export interface ShownDocument {
  readonly document: JsonObject;
  readonly json: Representation;
  readonly yaml: Representation;
}

/** Which document: all servers' (`server` is '') or one's, where a proxy says that it shows the gateway, and for whom. */
export interface DocumentKey {
  readonly server: string;
  readonly forwardedPrefix?: string | undefined;
  /** With what a caller may know of alone. @default everything */
  readonly seen?: Permissions | undefined;
}

interface ShownDocumentsOptions {
  readonly gateway: Gateway;
  readonly toForm: ToDocumentForm;
  readonly buildServerDocument: BuildServerDocument;
  /** Below what a proxy strips. */
  readonly pathPrefix: string;
  /** In place of our own documents and their forms. */
  readonly profile?: Profile | undefined;
  /** Who may call what; documents say what it takes. */
  readonly authorization: Authorization | undefined;
  /** The description is the user's, and not made of what servers say. */
  readonly ownDescription: boolean;
}

/** Prefixes come with requests, so those whose documents are kept are few. */
const maxPrefixes = 8;
/** Beside the documents of all servers and of each: those that are made for some callers. */
const maxRestricted = 64;

/** Makes documents when they are first asked for, and keeps them until the servers list something else. */
export function createShownDocuments(options: ShownDocumentsOptions): (key: DocumentKey) => ShownDocument {
  const { gateway, authorization } = options;
  let rules = authorization?.rules;
  let sources: readonly ToolSource[] | undefined;
  const byPrefix = new Map<string | undefined, Map<string, ShownDocument>>();
  return (key) => {
    const { server, forwardedPrefix, seen } = key;
    if (sources !== gateway.sources || rules !== authorization?.rules) byPrefix.clear();
    sources = gateway.sources;
    rules = authorization?.rules;
    const kept = byPrefix.get(forwardedPrefix) ?? new Map<string, ShownDocument>();
    // The one that was not asked for the longest goes first.
    byPrefix.delete(forwardedPrefix);
    byPrefix.set(forwardedPrefix, kept);
    const [oldest] = byPrefix.keys();
    if (byPrefix.size > maxPrefixes) byPrefix.delete(oldest);
    // No name of a server holds a line break.
    const name = seen === undefined ? server : `${server}\n${seen.id}`;
    const shown = kept.get(name) ?? show(options, key);
    kept.delete(name);
    kept.set(name, shown);
    const [first] = kept.keys();
    if (kept.size > gateway.servers.size + 1 + maxRestricted && first !== undefined) kept.delete(first);
    return shown;
  };
}

function show(options: ShownDocumentsOptions, { server, forwardedPrefix, seen }: DocumentKey): ShownDocument {
  const { gateway, toForm, pathPrefix, profile, ownDescription } = options;
  if (profile !== undefined) {
    const { contract, sources, mounts } = gateway;
    const view = { contract, sources, mounts };
    const seenView = seen === undefined ? view : restrictView(view, seen);
    const document = profile.toDocument(seenView, server, forwardedPrefix);
    return render(document, JSON.stringify(document));
  }
  const built = server === '' ? gateway.contract.document : toServerDocument(options, server);
  const { authorization } = options;
  const whole =
    authorization?.rules === undefined
      ? built
      : declareRequirements(built, server, (target) => authorization.requirementsOf(target));
  const own =
    seen === undefined
      ? whole
      : restrictDocument(whole, server, seen, { sources: gateway.sources, ownDescription });
  const url = `${forwardedPrefix ?? ''}${pathPrefix}${gateway.mounts.get(server) ?? ''}`;
  const document = forwardedPrefix === undefined ? own : { ...own, servers: [{ url: url || '/' }] };
  const shown = toForm({ document });
  return render(shown.document, shown.json, shown.digest);
}

function toServerDocument(
  { gateway, buildServerDocument }: ShownDocumentsOptions,
  server: string,
): JsonObject {
  const { contract, drift, sources } = gateway;
  const isLive = drift === undefined || drift.liveDigest === contract.digest;
  if (isLive) return buildServerDocument(sources, server);
  // What is enforced is a committed contract, whatever the server lists.
  return toServerShare(contract.document, server, gateway.mounts.get(server) ?? '');
}

function render(document: JsonObject, text: string, canonicalDigest?: string): ShownDocument {
  const json = toRepresentation('application/json', text);
  const { digest } = canonicalDigest === undefined ? json : { digest: canonicalDigest };
  let yaml: Representation | undefined;
  return {
    document,
    json: { ...json, digest },
    get yaml() {
      return (yaml ??= { ...toRepresentation('application/yaml', toYaml(document)), digest });
    },
  };
}
