import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';
import { own, ownList, ownObject } from '../arbitraries/json.ts';

/** A place in the arguments where the schema takes all values of a kind. */
export interface Slot {
  readonly kind: 'string' | 'integer' | 'array' | 'anything';
  readonly path: readonly (string | number)[];
}

const MAX_DEPTH = 4;
const MAX_SLOTS = 20;

/** Finds the places in valid arguments, and those of absent optional members, as far as plain keywords tell. */
export function findSlots(root: JsonObject, valid: JsonObject): readonly Slot[] {
  const slots: Slot[] = [];
  const visit = (schema: JsonValue, value: JsonValue | undefined, path: Slot['path']): void => {
    if (slots.length >= MAX_SLOTS || path.length > MAX_DEPTH) return;
    const resolved = resolve(root, schema);
    if (resolved === undefined) return;
    const kind = path.length === 0 ? undefined : kindOf(resolved);
    if (kind !== undefined) slots.push({ kind, path });
    if (isJsonObject(value)) {
      for (const [name, member] of Object.entries(ownObject(resolved, 'properties'))) {
        visit(member, own(value, name), [...path, name]);
      }
    }
    const [first] = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
    const items = own(resolved, 'items');
    if (first !== undefined && isJsonObject(items)) visit(items, first, [...path, 0]);
  };
  visit(root, valid, []);
  return slots;
}

/** Keywords that do not narrow what a schema takes. */
const silent = new Set(['title', 'description', 'default', 'examples', '$comment', 'deprecated', 'readOnly']);

function kindOf(schema: JsonObject): Slot['kind'] | undefined {
  const keywords = Object.keys(schema).filter((keyword) => !silent.has(keyword));
  const type = own(schema, 'type');
  const isOnly = (...others: readonly string[]): boolean =>
    keywords.every((keyword) => keyword === 'type' || others.includes(keyword));
  if (type === 'string') return isOnly('minLength', 'maxLength') ? 'string' : undefined;
  // One bound leaves the other side free; the judge decides.
  if (type === 'integer') return isOnly('minimum', 'maximum', 'exclusiveMinimum') ? 'integer' : undefined;
  if (type === 'array') return isOnly('items') ? 'array' : undefined;
  return keywords.length === 0 || (type === 'object' && isOnly('additionalProperties'))
    ? 'anything'
    : undefined;
}

/** Follows references within the document, and takes the one branch of many that is not null. */
function resolve(root: JsonObject, schema: JsonValue): JsonObject | undefined {
  let current = schema;
  for (let steps = 0; steps < 10; steps += 1) {
    if (!isJsonObject(current)) return undefined;
    const reference = own(current, '$ref');
    const branches = [...ownList(current, 'anyOf'), ...ownList(current, 'oneOf')];
    const others = branches.filter((branch) => !isJsonObject(branch) || branch['type'] !== 'null');
    if (typeof reference === 'string') current = lookUp(root, reference) ?? null;
    else if (branches.length > 0 && others.length === 1) current = others[0] ?? null;
    else return current;
  }
  return undefined;
}

function lookUp(root: JsonObject, reference: string): JsonValue | undefined {
  if (!reference.startsWith('#/')) return undefined;
  let found: JsonValue | undefined = root;
  for (const step of reference.slice(2).split('/')) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    found = isJsonObject(found) ? own(found, name) : undefined;
  }
  return found;
}
