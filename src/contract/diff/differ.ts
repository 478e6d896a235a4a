import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { own } from '../schema/own-property.ts';
import { toCanonicalJson } from '../canonicalize.ts';
import { joinPointer } from '../schema/pointer.ts';
import type { Change, Direction, OperationName, Severity } from './change.ts';
import type { SchemaTools } from './diff-schemas.ts';
import { diffSchemas } from './diff-schemas.ts';
import { toSeverity } from './effect.ts';
import type { Side } from './side.ts';

/** The two documents, and where their changes are collected. */
export interface Differ extends SchemaTools {
  readonly before: Side;
  readonly after: Side;
  readonly changes: Change[];
  /** Shared components that were compared, by their two references. */
  readonly compared: Set<string>;
}

/** The place whose changes are reported. */
export interface Scope {
  readonly operation?: OperationName;
  readonly direction: Direction;
  readonly pointer: string;
}

/** Something that stands in both documents. */
export type Both = readonly [before: JsonValue | undefined, after: JsonValue | undefined];

/** Adds a change. `tokens` lead from the scope to the place. */
export function addChange(
  { changes }: Differ,
  { operation, direction, pointer }: Scope,
  severity: Severity,
  tokens: readonly (string | number)[],
  message: string,
): void {
  changes.push({
    severity,
    ...(operation === undefined ? {} : { operation }),
    direction,
    pointer: joinPointer(pointer, ...tokens),
    keyword: String(tokens.at(-1) ?? direction),
    message,
  });
}

/** Compares two schemas; an absent one admits everything. */
export function addSchemaChanges(differ: Differ, scope: Scope, [a, b]: Both): void {
  const { operation, direction, pointer } = scope;
  const before = { side: differ.before, schema: a ?? true, pointer };
  const after = { side: differ.after, schema: b ?? true, pointer };
  diffSchemas(before, after, pointer, differ, (effect, keyword, at, message) => {
    const severity = toSeverity(effect, direction);
    const place = operation === undefined ? {} : { operation };
    differ.changes.push({ severity, ...place, direction, pointer: at, keyword, message });
  });
}

/** Reports members that only describe and are not the same. */
export function addEditorialChanges(
  differ: Differ,
  scope: Scope,
  [a, b]: Both,
  isDescriptive: (name: string) => boolean,
): void {
  for (const [name, old, now] of pairMembers(a, b)) {
    if (isDescriptive(name) && !isEqual(old, now)) {
      addChange(differ, scope, 'editorial', [name], `${name} ${toWord(old, now)}`);
    }
  }
}

/** Reports members that are not the same and are not looked into. */
export function addUnknownChanges(
  differ: Differ,
  scope: Scope,
  [a, b]: Both,
  isLookedInto: (name: string) => boolean,
): void {
  for (const [name, old, now] of pairMembers(a, b)) {
    if (!isLookedInto(name) && !isEqual(old, now)) {
      addChange(differ, scope, 'unknown', [name], `${name} ${toWord(old, now)}; its effect cannot be proven`);
    }
  }
}

/** The members of two objects by name, in order. */
export function pairMembers(
  a: JsonValue | undefined,
  b: JsonValue | undefined,
): readonly (readonly [name: string, before: JsonValue | undefined, after: JsonValue | undefined])[] {
  const [before, after] = [toObjectOrEmpty(a), toObjectOrEmpty(b)];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].map((name) => [name, own(before, name), own(after, name)] as const);
}

/** What stands behind a Reference Object (OpenAPI 3.1 section 4.8.23); an empty object when it is none. */
export function resolveObject(side: Side, value: JsonValue | undefined): JsonObject {
  let found = value;
  for (let hops = 0; hops < 20 && isJsonObject(found); hops += 1) {
    const reference = own(found, '$ref');
    if (typeof reference !== 'string') return found;
    found = side.resolve(reference);
  }
  return {};
}

/** The reference that stands here; undefined when there is none. */
export function referenceOf(value: JsonValue | undefined): string | undefined {
  const reference = isJsonObject(value) ? own(value, '$ref') : undefined;
  return typeof reference === 'string' ? reference : undefined;
}

/** Same JSON, whatever the order of keys. */
export function isEqual(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return toCanonicalJson(a) === toCanonicalJson(b);
}

/** A member of what may not be an object. */
export function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return own(toObjectOrEmpty(value), name);
}

function toObjectOrEmpty(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function toWord(a: JsonValue | undefined, b: JsonValue | undefined): string {
  if (a === undefined) return 'added';
  return b === undefined ? 'removed' : 'changed';
}
