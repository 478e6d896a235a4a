import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';

/**
 * The document with those components alone that something in it refers to, directly or through others; security schemes
 * stay, as they are referred to by name.
 */
export function keepUsedComponents(document: JsonObject): JsonObject {
  const { components, ...rest } = document;
  if (!isJsonObject(components)) return document;
  const used = findUsed(rest, components);
  // What is named by an anchor could be anywhere.
  if (used === 'unknown') return document;
  const kept = Object.entries(components).map(([kind, named]) => {
    if (kind === 'securitySchemes' || !isJsonObject(named)) return [kind, named] as const;
    const own = Object.entries(named).filter(([name]) => used.has(`${kind}/${name}`));
    return [kind, Object.fromEntries(own)] as const;
  });
  return { ...rest, components: Object.fromEntries(kept) };
}

function findUsed(from: JsonObject, components: JsonObject): ReadonlySet<string> | 'unknown' {
  const used = new Set<string>();
  const open: JsonValue[] = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    for (const [key, value] of Object.entries(next)) {
      if (typeof value !== 'string') open.push(value);
      else if ((key === '$ref' || key === '$dynamicRef') && value.startsWith('#') && !value.startsWith('#/'))
        return 'unknown';
      // A mapping of a discriminator has references under keys of its own; a text that only looks like one does no harm.
      else if (value.startsWith('#/components/')) open.push(...findNew(value, components, used));
    }
  }
  return used;
}

function findNew(reference: string, components: JsonObject, used: Set<string>): readonly JsonValue[] {
  const [, , kind = '', name = ''] = reference.split('/').map(unescape);
  const key = `${kind}/${name}`;
  if (used.has(key)) return [];
  used.add(key);
  const named = components[kind];
  const value = isJsonObject(named) && Object.hasOwn(named, name) ? named[name] : undefined;
  return value === undefined ? [] : [value];
}

/** RFC 6901 section 3, in a URI fragment. */
function unescape(segment: string): string {
  return decode(segment).replaceAll('~1', '/').replaceAll('~0', '~');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
