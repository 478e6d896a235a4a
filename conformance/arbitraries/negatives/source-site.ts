import { isJsonObject, type JsonValue } from '../../../src/index.ts';
import { own } from '../json.ts';
import type { Site } from './fault.ts';

/** What 2020-12 calls otherwise than the drafts before. */
const olderNames: ReadonlyMap<string, readonly string[]> = new Map([
  ['prefixItems', ['items']],
  ['items', ['additionalItems']],
  ['dependentRequired', ['dependencies']],
  ['dependentSchemas', ['dependencies']],
  ['exclusiveMinimum', ['minimum']],
  ['exclusiveMaximum', ['maximum']],
]);

/** A site by the names that the source has for it. */
export function toSourceSite(source: unknown, { pointer, keyword }: Site): Site {
  const tokens: string[] = [];
  let value: unknown = source;
  const given = pointer.split('/').slice(1);
  for (const [index, token] of given.entries()) {
    const plain = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const isOwn = /^\d+$/.test(given[index + 1] ?? '') && isJsonObject(value) && Object.hasOwn(value, plain);
    const name = isOwn ? plain : nameIn(value, plain);
    tokens.push(name === plain ? token : name);
    value = step(value, name);
  }
  return { pointer: tokens.map((token) => `/${token}`).join(''), keyword: nameIn(value, keyword) };
}

function nameIn(value: unknown, name: string): string {
  if (!isJsonObject(value)) return name;
  // Beside a list of items, `items` is for those after them.
  const isRest = name === 'items' && Array.isArray(own(value, 'items'));
  if (Object.hasOwn(value, name) && !isRest) return name;
  return (olderNames.get(name) ?? []).find((older) => Object.hasOwn(value, older)) ?? name;
}

function step(value: unknown, token: string): JsonValue | undefined {
  if (Array.isArray(value)) return (value as readonly JsonValue[])[Number(token)];
  return isJsonObject(value) ? own(value, token) : undefined;
}
