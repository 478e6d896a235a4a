import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';

/** References that lead to references are followed this far: some lead back to themselves. */
const maxHops = 20;

/**
 * What a value stands for: itself, or what its `$ref` leads to within the document (RFC 6901).
 *
 * @returns undefined when it leads out of the document, nowhere, or round in a circle
 */
export function follow(document: JsonObject, value: JsonValue | undefined): JsonObject | undefined {
  let at = value;
  for (let hops = 0; hops < maxHops; hops++) {
    if (!isJsonObject(at)) return undefined;
    const reference = at['$ref'];
    if (reference === undefined) return at;
    at = typeof reference === 'string' ? find(document, reference) : undefined;
  }
  return undefined;
}

function find(document: JsonObject, reference: string): JsonValue | undefined {
  if (!reference.startsWith('#/')) return undefined;
  let at: JsonValue | undefined = document;
  for (const token of reference.slice(2).split('/')) {
    const key = decode(token).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    // Arrays have their elements as own properties, too.
    at = (at as JsonObject)[key];
  }
  return at;
}

function decode(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}
