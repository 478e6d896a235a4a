import type { JsonValue } from '../../json/value.ts';
import { joinPointer } from '../schema/pointer.ts';
import {
  addChange,
  addEditorialChanges,
  addSchemaChanges,
  addUnknownChanges,
  memberOf,
  pairMembers,
  resolveObject,
  type Both,
  type Differ,
  type Scope,
} from './differ.ts';

/** What tells readers something and binds nobody. */
export function isDescriptive(name: string): boolean {
  return /^(?:summary|description|example|examples|externalDocs|tags|deprecated|x-.*)$/s.test(name);
}

/** Compares Media Type Objects by their media types (OpenAPI 3.1 section 4.8.14). */
export function diffContent(differ: Differ, scope: Scope, [a, b]: Both): void {
  for (const [type, before, after] of pairMembers(a, b)) {
    const inside = { ...scope, pointer: joinPointer(scope.pointer, 'content', type) };
    if (before === undefined) {
      addChange(differ, scope, 'compatible', ['content', type], `media type ${type} added`);
    } else if (after === undefined) {
      addChange(differ, scope, 'breaking', ['content', type], `media type ${type} removed`);
    } else {
      diffSchemaHolder(differ, inside, [before, after]);
    }
  }
}

/** Compares what holds a schema: a media type, a header, a parameter. */
export function diffSchemaHolder(differ: Differ, scope: Scope, both: Both): void {
  const [a, b] = both;
  const inside = { ...scope, pointer: joinPointer(scope.pointer, 'schema') };
  addSchemaChanges(differ, inside, [memberOf(a, 'schema'), memberOf(b, 'schema')]);
  addEditorialChanges(differ, scope, both, isDescriptive);
  const known = new Set(['schema', 'content', 'headers', 'required', 'name', 'in', '$ref']);
  addUnknownChanges(differ, scope, both, (name) => known.has(name) || isDescriptive(name));
}

/** Compares Parameter Objects by location and name (OpenAPI 3.1 section 4.8.12). */
export function diffParameters(differ: Differ, scope: Scope, [a, b]: Both): void {
  const [before, after] = [indexParameters(differ.before, a), indexParameters(differ.after, b)];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(key), after.get(key)];
    const tokens = ['parameters', key];
    const isRequired = memberOf(now, 'required') === true;
    if (old === undefined) {
      const severity = isRequired ? 'breaking' : 'compatible';
      addChange(differ, scope, severity, tokens, `${isRequired ? 'required' : 'optional'} parameter added`);
    } else if (now === undefined) {
      addChange(differ, scope, 'breaking', tokens, 'parameter removed');
    } else {
      const inside = { ...scope, pointer: joinPointer(scope.pointer, ...tokens) };
      const wasRequired = memberOf(old, 'required') === true;
      if (isRequired !== wasRequired) {
        const message = isRequired ? 'parameter becomes required' : 'parameter is no longer required';
        addChange(differ, inside, isRequired ? 'breaking' : 'compatible', ['required'], message);
      }
      diffSchemaHolder(differ, inside, [old, now]);
      diffContent(differ, inside, [memberOf(old, 'content'), memberOf(now, 'content')]);
    }
  }
}

function indexParameters(
  side: Differ['before'],
  list: JsonValue | undefined,
): ReadonlyMap<string, JsonValue> {
  const items: readonly JsonValue[] = Array.isArray(list) ? list : [];
  return new Map(
    items.map((item) => {
      const parameter = resolveObject(side, item);
      const key = [parameter['in'], parameter['name']].filter((part) => typeof part === 'string');
      return [key.join(' '), parameter] as const;
    }),
  );
}
