import type { JsonObject } from '../../json/value.ts';
import { followAliases } from './aliases.ts';
import { findCutEdges } from './cut-edges.ts';
import { createTypeFinder } from './implied-types.ts';
import { findObservedItems } from './observed-items.ts';
import { listReferences, type ReferenceFacts, type TranslatedUnit } from './reference-graph.ts';
import { toBodySchema } from './root-body.ts';
import { shapeSchema, startOf, type ShapeContext } from './shape.ts';
import { chooseSizeLimit } from './size-limit.ts';
import { unrollRecursions } from './unroll.ts';

/** A tool schema in OpenAPI 3.1's dialect (JSON Schema 2020-12), split into a body and its components. */
export interface TranslatedSchema {
  /** 2020-12 schema object; references only to '#/components/schemas/<name>'. */
  readonly root: JsonObject;
  /** Component name → schema. Every name is `${namePrefix}.${readable part}`, or namePrefix itself. */
  readonly components: ReadonlyMap<string, JsonObject>;
}

/** Characters: a definition this small is repeated where a reference would be lost. */
const maxInlinedSize = 8_000;
/** Characters repeated in one tool; when it would be more, only smaller definitions are. */
const maxRepeated = 500_000;
/** The body among the units; none has this id. */
const bodyId = '';

/** Brings translated units to the shape that clients read: the root to a body, what it refers to to components. */
export function shapeUnits(found: {
  readonly rootId: string;
  readonly translated: ReadonlyMap<string, TranslatedUnit>;
  readonly facts: ReferenceFacts;
  readonly names: ReadonlyMap<string, string>;
}): TranslatedSchema {
  const { facts, names } = found;
  const plain = new Map([...found.translated].map(([id, { schema }]) => [id, schema] as const));
  const units = unrollRecursions(plain, facts);
  const repeats = [...facts.copies].map(
    ([id, count]) => [facts.expandedSize.get(id) ?? Infinity, count] as const,
  );
  const limit = chooseSizeLimit(repeats, maxInlinedSize, maxRepeated);
  const resolve = (id: string): JsonObject => units.get(id) ?? {};
  const referred = new Set<string>();
  const bare = {
    resolve,
    referTo: (id: string) => {
      const target = followAliases(id, resolve);
      referred.add(target);
      return `#/components/schemas/${names.get(target) ?? ''}`;
    },
    findTypes: createTypeFinder(resolve),
    isSmall: (id: string) => (facts.expandedSize.get(id) ?? Infinity) <= limit,
    itemsObserved: findObservedItems(units.values(), resolve),
  };
  const body = toBodySchema(found.rootId, bare);
  const context: ShapeContext = { ...bare, isCut: createCutFinder(body, resolve) };
  const root = shapeSchema(body, startOf(bodyId), context);
  const components = new Map<string, JsonObject>();
  // Shaping a component refers to others; the iteration reaches them too.
  for (const id of referred)
    components.set(names.get(id) ?? '', shapeSchema(resolve(id), startOf(id), context));
  return { root, components: new Map([...components].toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

function createCutFinder(body: JsonObject, resolve: (id: string) => JsonObject): ShapeContext['isCut'] {
  const edges = new Map<string, readonly string[]>();
  const edgesOf = (id: string): readonly string[] => {
    const known = edges.get(id);
    if (known !== undefined) return known;
    const references = listReferences(id === bodyId ? body : resolve(id));
    const targets = references
      .filter(({ isFollowed }) => isFollowed)
      .map(({ target }) => followAliases(target, resolve));
    const distinct = [...new Set(targets)];
    edges.set(id, distinct);
    return distinct;
  };
  const cut = findCutEdges(bodyId, edgesOf);
  return (from, target) => cut.get(from)?.has(followAliases(target, resolve)) === true;
}
