import { joinPointer } from '../schema/pointer.ts';
import { diffContent, diffParameters, isDescriptive } from './diff-content.ts';
import { diffHints } from './diff-hints.ts';
import { diffResponses } from './diff-responses.ts';
import { diffSecurity, isOpened } from './diff-security.ts';
import {
  addChange,
  addEditorialChanges,
  addUnknownChanges,
  isEqual,
  memberOf,
  resolveObject,
  type Both,
  type Differ,
  type Scope,
} from './differ.ts';
import type { DocumentOperation } from './list-operations.ts';

const lookedInto: ReadonlySet<string> = new Set(
  'operationId requestBody responses parameters security servers'.split(' '),
);

/** Compares one operation of both documents (OpenAPI 3.1 section 4.8.10). */
export function diffOperation(differ: Differ, before: DocumentOperation, after: DocumentOperation): void {
  const scope: Scope = { operation: before.name, direction: 'operation', pointer: '' };
  const input: Scope = { ...scope, direction: 'input' };
  const objects: Both = [before.object, after.object];
  const of = (name: string): Both => [memberOf(before.object, name), memberOf(after.object, name)];
  diffName(differ, scope, before, after);
  const security: Both = [before.security, after.security];
  // What the document says for all is reported once.
  if (!before.inheritsSecurity || !after.inheritsSecurity) diffSecurity(differ, scope, security);
  if (!isEqual(before.servers, after.servers)) {
    addChange(differ, scope, 'unknown', ['servers'], 'servers changed; what they serve cannot be told');
  }
  diffParameters(differ, input, [before.parameters, after.parameters]);
  diffRequestBody(differ, input, of('requestBody'));
  diffResponses(differ, scope, of('responses'), isOpened(security));
  diffHints(differ, scope, of('x-mcp-annotations'));
  addEditorialChanges(differ, scope, objects, (name) => isDescriptive(name) && name !== 'x-mcp-annotations');
  addUnknownChanges(differ, scope, objects, (name) => lookedInto.has(name) || isDescriptive(name));
}

function diffName(
  differ: Differ,
  scope: Scope,
  { name: before }: DocumentOperation,
  { name: after }: DocumentOperation,
): void {
  if (before.operationId !== after.operationId) {
    const message = `operationId: ${before.operationId} → ${after.operationId}; generated clients are named for it`;
    addChange(differ, scope, 'breaking', ['operationId'], message);
  }
  const [from, to] = [before, after].map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  if (from !== to) addChange(differ, scope, 'breaking', [], `moved: ${from} → ${to}`);
}

function diffRequestBody(differ: Differ, scope: Scope, [a, b]: Both): void {
  if (a === undefined && b === undefined) return;
  const [before, after] = [resolveObject(differ.before, a), resolveObject(differ.after, b)];
  const [wasRequired, isRequired] = [before, after].map((body) => body['required'] === true);
  if (b === undefined) {
    addChange(differ, scope, 'breaking', ['requestBody'], 'a body is no longer taken');
    return;
  }
  if (a === undefined) {
    const message = isRequired === true ? 'a body is required now' : 'a body may be sent now';
    addChange(differ, scope, isRequired === true ? 'breaking' : 'compatible', ['requestBody'], message);
    return;
  }
  const inside = { ...scope, pointer: joinPointer(scope.pointer, 'requestBody') };
  if (wasRequired !== isRequired) {
    const message = isRequired === true ? 'the body becomes required' : 'the body is no longer required';
    addChange(differ, inside, isRequired === true ? 'breaking' : 'compatible', ['required'], message);
  }
  diffContent(differ, inside, [memberOf(before, 'content'), memberOf(after, 'content')]);
  addEditorialChanges(differ, inside, [before, after], isDescriptive);
}
