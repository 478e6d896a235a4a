/** Keywords of the reference servers' schemas that mcpo leaves out of its documents. */
const lost = new Set([
  'enum',
  'const',
  'minimum',
  'maximum',
  'minLength',
  'minItems',
  'format',
  'pattern',
  'examples',
]);

/** A document without them, wherever they are keywords and not names of properties. */
export function withoutLostKeywords(document: unknown): unknown {
  return strip(document, false);
}

function strip(value: unknown, isNames: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => strip(item, false));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => isNames || !lost.has(key))
      .map(([key, member]) => [key, strip(member, key === 'properties' && !isNames)]),
  );
}
