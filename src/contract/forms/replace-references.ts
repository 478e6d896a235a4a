import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { absorb } from './absorb.ts';
import type { Loss } from './loss-report.ts';
import { holdsReference } from '../schema/literal.ts';
import { inPlaceKeywords, isInDialect, keywords } from '../schema/keywords.ts';
import { own, toObject } from '../schema/own-property.ts';
import { joinPointer } from '../schema/pointer.ts';

/** Where a schema stands. */
export interface Site {
  readonly pointer: string;
  /** The components that it is part of, from the outside in. */
  readonly trail: readonly string[];
  /** Objects and lists around it. */
  readonly level: number;
  /**
   * Where accepting more would make the whole accept less: `always`, whatever is below, or as far as the same value
   * is judged, `inPlace`.
   */
  readonly strict: 'no' | 'inPlace' | 'always';
}

/** A schema after replacement. */
export interface Replaced {
  readonly schema: JsonObject;
  /** It accepts more than its source; never where the site is strict. */
  readonly isWider: boolean;
  readonly losses: readonly Loss[];
}

/** What to put in place of a reference to a component. */
export type Replace = (name: string, site: Site) => Replaced;

const refPrefix = '#/components/schemas/';

/** A schema with its references to components replaced; targets are walked by whoever replaces. */
export function replaceReferences(schema: JsonValue, site: Site, replace: Replace): Replaced {
  if (!isJsonObject(schema)) {
    return { schema: schema === false ? { not: {} } : {}, isWider: false, losses: [] };
  }
  const reference = own(schema, '$ref');
  const name = typeof reference === 'string' && reference.startsWith(refPrefix);
  if (!name) return replaceInMembers(schema, site, replace);
  const { $ref: _reference, ...siblings } = schema;
  const target = replace(reference.slice(refPrefix.length), site);
  if (Object.keys(siblings).length === 0) return target;
  const rest = replaceInMembers(siblings, site, replace);
  return {
    schema: { ...rest.schema, allOf: [target.schema, ...listAt(rest.schema, 'allOf')] },
    isWider: target.isWider || rest.isWider,
    losses: [...target.losses, ...rest.losses],
  };
}

function replaceInMembers(schema: JsonObject, site: Site, replace: Replace): Replaced {
  const losses: Loss[] = [];
  let isWider = false;
  const members = new Map<string, JsonValue>();
  for (const [key, value] of Object.entries(schema)) {
    let isKeywordWider = false;
    const replaceIn = (item: JsonValue, ...tokens: readonly (string | number)[]): JsonValue => {
      if (typeof item === 'boolean') return item;
      const found = replaceReferences(item, siteOf(schema, site, key, tokens), replace);
      losses.push(...found.losses);
      isKeywordWider ||= found.isWider;
      return found.schema;
    };
    members.set(key, replaceUnder(key, value, replaceIn));
    isWider ||= isKeywordWider;
    if (key === 'oneOf' && isKeywordWider) sayAsAnyOf(members, site, losses);
  }
  hideDiscriminator(schema, members, site, losses);
  return { schema: joinOnlyBranch(schema, toObject(members)), isWider, losses };
}

/** `{type, allOf: [reference]}` is how a reference with siblings is written; with the target in place, one schema will do. */
function joinOnlyBranch(source: JsonObject, replaced: JsonObject): JsonObject {
  const [reference, ...others] = listAt(source, 'allOf');
  const [target] = listAt(replaced, 'allOf');
  if (others.length > 0 || !isJsonObject(reference) || !Object.hasOwn(reference, '$ref')) return replaced;
  const { allOf: _branch, ...siblings } = replaced;
  return (isJsonObject(target) ? absorb(siblings, target) : undefined) ?? replaced;
}

function replaceUnder(
  key: string,
  value: JsonValue,
  replaceIn: (item: JsonValue, ...tokens: readonly (string | number)[]) => JsonValue,
): JsonValue {
  const keyword = keywords.get(key);
  if (keyword === undefined || !isInDialect(keyword, '2020-12')) return value;
  switch (keyword.shape) {
    case 'schema':
    case 'schema-or-list':
    case 'schema-list':
      if (!Array.isArray(value)) return replaceIn(value, key);
      return value.map((item: JsonValue, index) => replaceIn(item, key, index));
    case 'schema-map':
      if (!isJsonObject(value)) return value;
      return toObject(Object.entries(value).map(([name, item]) => [name, replaceIn(item, key, name)]));
    default:
      return value;
  }
}

function siteOf(schema: JsonObject, site: Site, key: string, tokens: readonly (string | number)[]): Site {
  const hasUnevaluated = ['unevaluatedProperties', 'unevaluatedItems'].some((name) =>
    Object.hasOwn(schema, name),
  );
  const isInPlace = inPlaceKeywords.has(key);
  const strict =
    site.strict === 'always' || key === 'not' || key === 'if' || (key === 'contains' && isCounted(schema))
      ? 'always'
      : // What is evaluated decides what is not: an outline evaluates less.
        isInPlace && (hasUnevaluated || site.strict === 'inPlace')
        ? 'inPlace'
        : 'no';
  return {
    ...site,
    pointer: joinPointer(site.pointer, ...tokens),
    level: site.level + tokens.length,
    strict,
  };
}

function isCounted(schema: JsonObject): boolean {
  return Object.hasOwn(schema, 'maxContains') || Object.hasOwn(schema, 'unevaluatedItems');
}

/** Values of one branch may satisfy one that accepts more, too. */
function sayAsAnyOf(members: Map<string, JsonValue>, { pointer }: Site, losses: Loss[]): void {
  const branches = members.get('oneOf') ?? [];
  members.delete('oneOf');
  members.set('allOf', [...listAt(toObject(members), 'allOf'), { anyOf: branches }]);
  losses.push({
    pointer: joinPointer(pointer, 'oneOf'),
    keyword: 'oneOf',
    reason: 'a branch is cut and accepts more, so that more than one may hold: said as anyOf',
    effect: 'wider',
  });
}

/** OpenAPI 3.1 section 4.8.25: a discriminator tells references apart, not schemas in their place. */
function hideDiscriminator(
  source: JsonObject,
  members: Map<string, JsonValue>,
  { pointer }: Site,
  losses: Loss[],
): void {
  const discriminator = members.get('discriminator');
  const branches = ['anyOf', 'oneOf'].flatMap((key) => listAt(source, key));
  if (discriminator === undefined || !branches.some(holdsReference)) return;
  members.delete('discriminator');
  members.set('x-discriminator', discriminator);
  losses.push({
    pointer: joinPointer(pointer, 'discriminator'),
    keyword: 'discriminator',
    reason: 'it tells references apart, which have been replaced; kept as x-discriminator',
    effect: 'annotation',
  });
}

function listAt(schema: JsonObject, key: string): readonly JsonValue[] {
  const list = own(schema, key);
  return Array.isArray(list) ? list : [];
}
