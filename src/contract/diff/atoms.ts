import { isJsonObject, type JsonValue } from '../../json/value.ts';

/** The types as disjoint sets: `number` is `integer` and `fraction` together (JSON Schema validation 6.1.1). */
export type Atom = 'null' | 'boolean' | 'integer' | 'fraction' | 'string' | 'array' | 'object';

/** All of them. */
export const atoms: readonly Atom[] = ['null', 'boolean', 'integer', 'fraction', 'string', 'array', 'object'];

/** The atoms that a `type` keyword admits. */
export function toAtoms(type: JsonValue): ReadonlySet<Atom> {
  const names: readonly JsonValue[] = Array.isArray(type) ? type : [type];
  return new Set(
    atoms.filter((atom) => names.includes(atom === 'fraction' ? 'number' : atom) || isInteger(atom, names)),
  );
}

/** The atom that a value belongs to. */
export function atomOf(value: JsonValue): Atom {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (isJsonObject(value)) return 'object';
  switch (typeof value) {
    case 'boolean':
      return 'boolean';
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'fraction';
    default:
      return 'string';
  }
}

/** Atoms as people write types: "string or null". */
export function toTypeWords(set: ReadonlySet<Atom>): string {
  if (set.size === 0) return 'nothing';
  if (set.size === atoms.length) return 'anything';
  const names = atoms
    .filter((atom) => set.has(atom) && !(atom === 'integer' && set.has('fraction')))
    .map((atom) => (atom === 'fraction' ? (set.has('integer') ? 'number' : 'fraction') : atom));
  return names.join(' or ');
}

function isInteger(atom: Atom, names: readonly JsonValue[]): boolean {
  return atom === 'integer' && names.includes('number');
}
