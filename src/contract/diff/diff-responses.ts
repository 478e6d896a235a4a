import { joinPointer } from '../schema/pointer.ts';
import { diffContent, diffSchemaHolder, isDescriptive } from './diff-content.ts';
import {
  addChange,
  addEditorialChanges,
  addUnknownChanges,
  memberOf,
  pairMembers,
  referenceOf,
  resolveObject,
  type Both,
  type Differ,
  type Scope,
} from './differ.ts';

/**
 * Compares Responses Objects by status (OpenAPI 3.1 section 4.8.16).
 *
 * @param isOpened true when credentials are no longer asked for: their refusals go with them
 */
export function diffResponses(differ: Differ, operation: Scope, [a, b]: Both, isOpened: boolean): void {
  const scope: Scope = { ...operation, direction: 'output' };
  for (const [status, before, after] of pairMembers(a, b)) {
    if (status.startsWith('x-')) continue;
    const tokens = ['responses', status];
    if (before === undefined) {
      const isSuccess = /^[23]|^default$/.test(status);
      const message = `status ${status} added`;
      // RFC 9110 section 15: whoever does not know an error's status treats it as the x00 of its class.
      addChange(differ, scope, isSuccess ? 'breaking' : 'compatible', tokens, message);
    } else if (after === undefined) {
      const isMoot = isOpened && (status === '401' || status === '403');
      addChange(differ, scope, isMoot ? 'compatible' : 'breaking', tokens, `status ${status} removed`);
    } else {
      diffResponse(differ, { ...scope, pointer: joinPointer(scope.pointer, ...tokens) }, [before, after]);
    }
  }
}

function diffResponse(differ: Differ, scope: Scope, [a, b]: Both): void {
  const [refA, refB] = [referenceOf(a), referenceOf(b)];
  const before = resolveObject(differ.before, a);
  const after = resolveObject(differ.after, b);
  let place = scope;
  if (refA !== undefined && refB !== undefined) {
    // What operations share is compared once, and its changes are the document's.
    const key = `${refA} ${refB}`;
    if (differ.compared.has(key)) return;
    differ.compared.add(key);
    place = { direction: scope.direction, pointer: refB.replace(/^#/, '') };
  }
  diffContent(differ, place, [memberOf(before, 'content'), memberOf(after, 'content')]);
  diffHeaders(differ, place, [memberOf(before, 'headers'), memberOf(after, 'headers')]);
  addEditorialChanges(differ, place, [before, after], isDescriptive);
  const known = new Set(['content', 'headers']);
  addUnknownChanges(differ, place, [before, after], (name) => known.has(name) || isDescriptive(name));
}

function diffHeaders(differ: Differ, scope: Scope, [a, b]: Both): void {
  for (const [name, before, after] of pairMembers(a, b)) {
    const tokens = ['headers', name];
    if (before === undefined) {
      addChange(differ, scope, 'compatible', tokens, `header ${name} added`);
      continue;
    }
    if (after === undefined) {
      addChange(differ, scope, 'breaking', tokens, `header ${name} removed`);
      continue;
    }
    const inside = { ...scope, pointer: joinPointer(scope.pointer, ...tokens) };
    const [old, now] = [resolveObject(differ.before, before), resolveObject(differ.after, after)];
    const [wasRequired, isRequired] = [old, now].map((header) => header['required'] === true);
    if (wasRequired !== isRequired) {
      const message = isRequired === true ? 'header is always sent now' : 'header may be missing now';
      addChange(differ, inside, isRequired === true ? 'compatible' : 'breaking', ['required'], message);
    }
    diffSchemaHolder(differ, inside, [old, now]);
  }
}
