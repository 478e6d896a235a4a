import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';

const maxSteps = 8;

/** What a value of a document is, or leads to by references within the document; an empty object where that is nothing. */
export function followReference(document: JsonObject, value: JsonValue | undefined): JsonObject {
  let found = value;
  for (let step = 0; step < maxSteps; step++) {
    if (!isJsonObject(found)) return {};
    const reference = Object.hasOwn(found, '$ref') ? found['$ref'] : undefined;
    if (typeof reference !== 'string') return found;
    found = lookUp(document, reference);
  }
  return {};
}

/** JSON Pointer as a URI fragment (RFC 6901 section 6); no other document is ever read. */
function lookUp(document: JsonObject, reference: string): JsonValue | undefined {
  if (!reference.startsWith('#/')) return undefined;
  let found: JsonValue | undefined = document;
  for (const raw of reference.slice(2).split('/')) {
    if (typeof found !== 'object' || found === null) return undefined;
    const token = decode(raw).replaceAll('~1', '/').replaceAll('~0', '~');
    // A list is an object whose members are its items.
    found = Object.hasOwn(found, token) ? (found as JsonObject)[token] : undefined;
  }
  return found;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
