import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { toCanonicalJson } from '../canonicalize.ts';
import { toUnserved } from '../document/document-operations.ts';
import { toContractDiff, type ContractDiff } from './change.ts';
import { createComparison, type ComparisonOptions } from './create-comparison.ts';
import { diffOperation } from './diff-operation.ts';
import { diffSecurity, diffSecuritySchemes } from './diff-security.ts';
import {
  addChange,
  addEditorialChanges,
  addUnknownChanges,
  memberOf,
  type Both,
  type Differ,
  type Scope,
} from './differ.ts';
import { listOperations, pairOperations, type DocumentOperation } from './list-operations.ts';
import { createSameness } from './sameness.ts';
import { createSide } from './side.ts';

const documentScope: Scope = { direction: 'document', pointer: '' };

/** Members of a document that are compared, and the digest, which follows from the rest. */
const lookedInto: ReadonlySet<string> = new Set(
  'info servers paths components security x-unserved-tools x-contract-digest'.split(' '),
);

/**
 * Compares two OpenAPI 3.x documents from the point of view of those who rely on the old one.
 *
 * Senders break when an input gets narrower, readers when an output gets wider. A change is breaking or compatible only
 * when the schemas show it; else it is unknown. The names of components and the order of members make no difference.
 * Rules MAP-80 and following of spec/mapping.md.
 *
 * @example
 * const { changes, summary } = diffDocuments(committed, live);
 * if (summary.breaking > 0) console.error(changes.filter(({ severity }) => severity === 'breaking'));
 */
export function diffDocuments(
  oldDocument: JsonObject,
  newDocument: JsonObject,
  options: ComparisonOptions = {},
): ContractDiff {
  const differ: Differ = {
    before: createSide(oldDocument),
    after: createSide(newDocument),
    comparison: createComparison(options),
    isSameText: createSameness('text', options.formats === 'assert'),
    changes: [],
    compared: new Set(),
  };
  diffDocument(differ, [oldDocument, newDocument]);
  const pairs = pairOperations(
    listOperations(oldDocument, differ.before),
    listOperations(newDocument, differ.after),
  );
  const unserved = new Map(
    toUnserved(newDocument).map(({ server, tool, reason }) => [`${server}\n${tool}`, reason]),
  );
  for (const { before, after } of pairs) {
    if (before !== undefined && after !== undefined) diffOperation(differ, before, after);
    else if (before !== undefined) addRemoved(differ, before, unserved.get(toToolKey(before)));
    else if (after !== undefined) {
      addChange(
        differ,
        { ...documentScope, direction: 'operation', operation: after.name },
        'compatible',
        [],
        'operation added',
      );
    }
  }
  return toContractDiff(differ.changes);
}

function addRemoved(differ: Differ, { name }: DocumentOperation, reason: string | undefined): void {
  const scope: Scope = { ...documentScope, direction: 'operation', operation: name };
  const message =
    reason === undefined ? 'operation removed' : `operation removed: its tool cannot be served (${reason})`;
  addChange(differ, scope, 'breaking', [], message);
}

function toToolKey({ object }: DocumentOperation): string {
  const [server, tool] = ['x-mcp-server', 'x-mcp-tool'].map((name) => memberOf(object, name));
  return `${typeof server === 'string' ? server : ''}\n${typeof tool === 'string' ? tool : ''}`;
}

function diffDocument(differ: Differ, both: Both): void {
  const of = (name: string): Both => [memberOf(both[0], name), memberOf(both[1], name)];
  addEditorialChanges(differ, { ...documentScope, pointer: '/info' }, of('info'), () => true);
  diffServers(differ, of('servers'));
  diffSecurity(differ, documentScope, of('security'));
  const [before, after] = of('components');
  diffSecuritySchemes(differ, documentScope, [
    memberOf(before, 'securitySchemes'),
    memberOf(after, 'securitySchemes'),
  ]);
  diffUnserved(differ, both);
  addEditorialChanges(differ, documentScope, both, (name) => isWord(name) && !lookedInto.has(name));
  addUnknownChanges(differ, documentScope, both, (name) => isWord(name) || lookedInto.has(name));
}

function isWord(name: string): boolean {
  return /^(?:openapi|tags|externalDocs|x-.*)$/s.test(name);
}

/** A document without servers has one at the root (OpenAPI 3.1 section 4.8.1). */
function diffServers(differ: Differ, [a, b]: Both): void {
  const [before, after] = [toUrls(a), toUrls(b)];
  for (const url of before) {
    if (!after.has(url)) addChange(differ, documentScope, 'breaking', ['servers'], `server ${url} removed`);
  }
  for (const url of after) {
    if (!before.has(url)) addChange(differ, documentScope, 'compatible', ['servers'], `server ${url} added`);
  }
}

function toUrls(servers: JsonValue | undefined): ReadonlySet<string> {
  const list: readonly JsonValue[] = Array.isArray(servers) && servers.length > 0 ? servers : [{ url: '/' }];
  return new Set(list.map((server) => memberOf(server, 'url')).filter((url) => typeof url === 'string'));
}

function diffUnserved(differ: Differ, [a, b]: Both): void {
  const [before, after] = [a, b].map((document) => (isJsonObject(document) ? toUnserved(document) : []));
  const known = new Map((before ?? []).map((entry) => [`${entry.server}\n${entry.tool}`, entry]));
  for (const entry of after ?? []) {
    const old = known.get(`${entry.server}\n${entry.tool}`);
    known.delete(`${entry.server}\n${entry.tool}`);
    if (old !== undefined && toCanonicalJson({ ...old }) === toCanonicalJson({ ...entry })) continue;
    const message = `tool ${JSON.stringify(entry.tool)} cannot be served: ${entry.reason}`;
    addChange(differ, documentScope, 'editorial', ['x-unserved-tools'], message);
  }
  for (const { tool } of known.values()) {
    const message = `tool ${JSON.stringify(tool)} is no longer listed as unserved`;
    addChange(differ, documentScope, 'editorial', ['x-unserved-tools'], message);
  }
}
