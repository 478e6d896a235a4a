import type { JsonObject } from '../../json/value.ts';
import { followedKeywords, inPlaceKeywords } from './keywords.ts';
import { own } from './own-property.ts';
import { listStronglyConnected } from './strongly-connected.ts';
import { listSubschemas } from './subschemas.ts';
import { maxSchemaDepth } from './translate-keywords.ts';
import { UnservableError } from './unservable.ts';

/** A unit's translation, with unit ids in `$ref`. */
export interface TranslatedUnit {
  readonly pointer: string;
  readonly schema: JsonObject;
}

/** What the references between units amount to. */
export interface ReferenceFacts {
  /** Characters of JSON, with every reference followed; Infinity when the unit is part of a recursion or leads to one. */
  readonly expandedSize: ReadonlyMap<string, number>;
  /** How often the unit is referred to where a client would need a copy of it. */
  readonly copies: ReadonlyMap<string, number>;
  /** For the units that are part of a recursion, which one. */
  readonly recursionOf: ReadonlyMap<string, number>;
  /** Characters of JSON. */
  readonly size: ReadonlyMap<string, number>;
  /** Schema levels, references followed and each recursion counted once. */
  readonly depth: number;
}

/** More schemas than this for one value would keep the event loop for too long. */
const maxChecksPerValue = 100_000;
/** To compile the check takes seconds from here on, and nothing else is done meanwhile; alternatives cost their square. */
const maxSubschemas = 50_000;
const maxAlternatives = 1_000;

/** A reference in a unit. */
export interface Reference {
  readonly target: string;
  /** True when the target judges the same value as the unit. */
  readonly isInPlace: boolean;
  /** Schema levels between the unit and the reference. */
  readonly depth: number;
  /** True where the reference cannot stay as it is. */
  readonly isCopied: boolean;
  /** True where clients follow the reference. */
  readonly isFollowed: boolean;
  /** True where clients make the target a part of their own schema: neither a branch of allOf nor a discriminated one. */
  readonly isPart: boolean;
}

interface Walk {
  readonly edges: Reference[];
  readonly size: number;
  depth: number;
  subschemas: number;
}

/** Looks at all units together; throws UnservableError on references that never end, cost too much or go too deep. */
export function surveyReferences(units: ReadonlyMap<string, TranslatedUnit>): ReferenceFacts {
  const walks = new Map([...units].map(([id, unit]) => [id, walkUnit(unit.schema, unit.pointer)] as const));
  checkSize(walks.values());
  const edgesOf = (id: string): readonly Reference[] => walks.get(id)?.edges ?? [];
  checkInPlace(units, edgesOf);
  const groups = listStronglyConnected(units.keys(), (id) => edgesOf(id).map(({ target }) => target));
  const depth = measureDepth(units, walks, groups);
  const expandedSize = new Map<string, number>();
  const recursionOf = new Map<string, number>();
  for (const [index, group] of groups.entries()) {
    for (const id of group) {
      const isRecursive = group.length > 1 || edgesOf(id).some(({ target }) => target === id);
      const inner = edgesOf(id).reduce((sum, { target }) => sum + (expandedSize.get(target) ?? 0), 0);
      if (isRecursive) recursionOf.set(id, index);
      expandedSize.set(id, isRecursive ? Infinity : (walks.get(id)?.size ?? 0) + inner);
    }
  }
  const size = new Map([...walks].map(([id, walk]) => [id, walk.size] as const));
  return { expandedSize, copies: countCopies(walks.values()), recursionOf, size, depth };
}

/** The references in a translated schema. */
export function listReferences(schema: JsonObject): readonly Reference[] {
  return walkUnit(schema).edges;
}

/** Throws UnservableError, at `pointer`, where there are too many alternatives. */
function walkUnit(schema: JsonObject, pointer = ''): Walk {
  const walk: Walk = { edges: [], size: JSON.stringify(schema).length, depth: 0, subschemas: 0 };
  const visit = (
    node: JsonObject,
    at: Pick<Reference, 'isInPlace' | 'isFollowed' | 'isPart' | 'depth'>,
  ): void => {
    walk.depth = Math.max(walk.depth, at.depth);
    walk.subschemas += 1;
    checkAlternatives(node, pointer);
    const target = own(node, '$ref');
    const isAlone = Object.keys(node).length === 1;
    if (typeof target === 'string') {
      walk.edges.push({ ...at, target, isCopied: !at.isFollowed || !isAlone, isPart: at.isPart && isAlone });
    }
    const isDiscriminated = Object.hasOwn(node, 'discriminator');
    for (const { keyword, schema: child } of listSubschemas(node, '2020-12')) {
      visit(child, {
        isInPlace: at.isInPlace && inPlaceKeywords.has(keyword),
        isFollowed: at.isFollowed && followedKeywords.has(keyword),
        isPart: isPart(keyword, isDiscriminated),
        depth: at.depth + 1,
      });
    }
  };
  visit(schema, { isInPlace: true, isFollowed: true, isPart: false, depth: 0 });
  return walk;
}

/** True for a keyword under which a reference may give way to what it stands for. */
export function isPart(keyword: string, isDiscriminated: boolean): boolean {
  if (!followedKeywords.has(keyword) || keyword === 'allOf') return false;
  return !isDiscriminated || (keyword !== 'anyOf' && keyword !== 'oneOf');
}

function checkAlternatives(node: JsonObject, pointer: string): void {
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = own(node, keyword);
    if (!Array.isArray(branches) || branches.length <= maxAlternatives) continue;
    const count = `${keyword} has more than ${maxAlternatives} branches`;
    throw new UnservableError(pointer, `${count}: write those that are single values as one enum`);
  }
}

function checkSize(walks: Iterable<Walk>): void {
  let subschemas = 0;
  for (const walk of walks) subschemas += walk.subschemas;
  if (subschemas <= maxSubschemas) return;
  throw new UnservableError('', `the schema has more than ${maxSubschemas} subschemas: split the tool`);
}

function countCopies(walks: Iterable<Walk>): ReadonlyMap<string, number> {
  const copies = new Map<string, number>();
  for (const { edges } of walks) {
    for (const { target, isCopied } of edges)
      copies.set(target, (copies.get(target) ?? 0) + (isCopied ? 1 : 0));
  }
  return copies;
}

function checkInPlace(
  units: ReadonlyMap<string, TranslatedUnit>,
  edgesOf: (id: string) => readonly Reference[],
): void {
  const inPlace = (id: string): readonly string[] =>
    edgesOf(id).flatMap(({ target, isInPlace }) => (isInPlace ? [target] : []));
  const checks = new Map<string, number>();
  for (const group of listStronglyConnected(units.keys(), inPlace)) {
    for (const id of group) {
      const pointer = units.get(id)?.pointer ?? '';
      // 2020-12 core, section 9.4.1: infinite recursion against one value is undefined.
      if (group.length > 1 || inPlace(id).includes(id)) {
        throw new UnservableError(
          pointer,
          'the schema refers to itself for the same value, which never ends: refer to it from a property or an item, or drop the reference',
        );
      }
      const count = inPlace(id).reduce((sum, target) => sum + (checks.get(target) ?? 0), 1);
      if (count > maxChecksPerValue) {
        throw new UnservableError(
          pointer,
          `one value would be checked against more than ${maxChecksPerValue} schemas: refer to each part once`,
        );
      }
      checks.set(id, count);
    }
  }
}

/** Clients follow references when they import, so the levels add up; a recursion counts once. */
function measureDepth(
  units: ReadonlyMap<string, TranslatedUnit>,
  walks: ReadonlyMap<string, Walk>,
  groups: readonly (readonly string[])[],
): number {
  const depths = new Map<string, number>();
  for (const group of groups) {
    const depth = group.reduce((deepest, id) => {
      const walk = walks.get(id);
      const below = (walk?.edges ?? []).map((edge) => edge.depth + (depths.get(edge.target) ?? 0));
      return below.reduce((a, b) => Math.max(a, b), Math.max(deepest, walk?.depth ?? 0));
    }, 0);
    const [first = ''] = group;
    if (depth > maxSchemaDepth) {
      throw new UnservableError(
        units.get(first)?.pointer ?? '',
        `schemas are nested deeper than ${maxSchemaDepth} levels once references are followed: flatten them`,
      );
    }
    for (const id of group) depths.set(id, depth);
  }
  return [...depths.values()].reduce((a, b) => Math.max(a, b), 0);
}
