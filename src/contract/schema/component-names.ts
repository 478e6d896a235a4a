import { createHash } from 'node:crypto';
import { parsePointer } from './pointer.ts';
import type { Unit } from './units.ts';

const maxNameLength = 100;

/** Keywords that say where a definition lies, not what it is. */
const silentTokens: ReadonlySet<string> = new Set(['$defs', 'definitions', 'properties']);

/**
 * A name for every unit: from its definition's key, unique, and the same whatever order the keys came in.
 *
 * Where several want one name, the definition in `$defs` or `definitions` has it, the others carry a digest.
 */
export function nameUnits(
  units: Iterable<Unit>,
  rootId: string,
  namePrefix: string,
): ReadonlyMap<string, string> {
  const wishes = new Map<string, Unit[]>();
  for (const unit of units) {
    const wish = fit(wishedName(unit, namePrefix), digest(unit.id));
    wishes.set(wish, [...(wishes.get(wish) ?? []), unit]);
  }
  const names = new Map<string, string>();
  const taken = new Set(wishes.keys());
  for (const [wish, rivals] of wishes) {
    const [first, ...others] = rivals.toSorted(
      (a, b) => rank(a, rootId) - rank(b, rootId) || (a.id < b.id ? -1 : 1),
    );
    if (first !== undefined) names.set(first.id, wish);
    for (const other of others) {
      const name = `${wish.slice(0, maxNameLength - 17)}_${digest(other.id, 16)}`;
      if (taken.has(name)) throw new Error('invariant: a digest of 64 bits is unique');
      taken.add(name);
      names.set(other.id, name);
    }
  }
  return names;
}

function wishedName(unit: Unit, namePrefix: string): string {
  const { document, pointer } = unit.location;
  const tokens = parsePointer(pointer);
  const start = Math.max(tokens.lastIndexOf('$defs'), tokens.lastIndexOf('definitions'));
  const readable = [document, ...tokens.slice(start + 1).filter((token) => !silentTokens.has(token))]
    .filter((part) => part !== '')
    .map((part) => part.replaceAll(/[^A-Za-z0-9_-]+/g, '_'))
    .map((part) => (/[A-Za-z0-9]/.test(part) ? part : `schema_${digest(unit.id)}`));
  return [namePrefix, ...readable].join('.');
}

function fit(name: string, suffix: string): string {
  return name.length <= maxNameLength
    ? name
    : `${name.slice(0, maxNameLength - suffix.length - 1)}_${suffix}`;
}

/** Lower ranks have the better claim to a name. */
function rank(unit: Unit, rootId: string): number {
  if (unit.id === rootId) return -1;
  const tokens = parsePointer(unit.location.pointer);
  const isDefinition = tokens.length === 2 && silentTokens.has(tokens[0] ?? '');
  const isExact = /^[A-Za-z0-9_-]*$/.test(tokens.at(-1) ?? '');
  return (unit.scope.key === '' ? 0 : 4) + (isDefinition ? 0 : 2) + (isExact ? 0 : 1);
}

function digest(text: string, length = 8): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
