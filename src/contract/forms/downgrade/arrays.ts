import type { JsonObject, JsonValue } from '../../../json/value.ts';
import { own } from '../../schema/own-property.ts';
import {
  convertAt,
  convertWidening,
  isAnything,
  isNothing,
  keepForReader,
  mayCopy,
  nothing,
  reportWider,
  type SchemaDraft,
} from './schema-draft.ts';
import { distinct, toUnion } from './union.ts';

const inPlace = ['$ref', 'allOf', 'anyOf', 'oneOf', 'if', 'dependentSchemas', 'contains'];

/** Rewrites `prefixItems`, `items` and `unevaluatedItems` (2020-12 core, sections 10.3.1 and 11.2) as one `items`. */
export function rewriteItems(draft: SchemaDraft): void {
  const { source, members } = draft;
  const rest = restOf(draft);
  const list = own(source, 'prefixItems');
  const prefix: readonly JsonValue[] = Array.isArray(list) ? list : [];
  if (prefix.length === 0) {
    if (rest !== undefined) members.set('items', rest);
    return;
  }
  const limits = [own(source, 'maxItems'), isNothing(rest) ? prefix.length : undefined];
  const maxItems = Math.min(...limits.filter((limit) => typeof limit === 'number'));
  const alternatives: JsonObject[] = prefix
    .slice(0, maxItems)
    .map((schema, index) => convertWidening(draft, schema, 'prefixItems', index));
  if (maxItems > prefix.length) alternatives.push(rest ?? {});
  if (distinct(alternatives).length > 1) {
    reportWider(draft, 'prefixItems', 'OpenAPI 3.0 has one schema for all items');
    keepForReader(draft, 'prefixItems');
  }
  members.set('items', alternatives.length === 0 ? {} : toUnion(alternatives));
  if (Number.isFinite(maxItems)) members.set('maxItems', maxItems);
}

/** The converted schema of the items after the prefix. */
function restOf(draft: SchemaDraft): JsonObject | undefined {
  const { source } = draft;
  const items = own(source, 'items');
  // `items` evaluates all that is left, so an `unevaluatedItems` beside it judges nothing.
  if (items !== undefined) return convertWidening(draft, items, 'items');
  const unevaluated = own(source, 'unevaluatedItems');
  if (unevaluated === undefined || isAnything(unevaluated)) return undefined;
  if (inPlace.every((keyword) => !Object.hasOwn(source, keyword))) {
    return convertWidening(draft, unevaluated, 'unevaluatedItems');
  }
  reportWider(draft, 'unevaluatedItems', 'OpenAPI 3.0 cannot refer to what other keywords evaluate');
  keepForReader(draft, 'unevaluatedItems');
  return undefined;
}

/** Rewrites `contains`, `minContains`, `maxContains` (2020-12 core, section 10.3.1.3) by double negation. */
export function rewriteContains(draft: SchemaDraft): void {
  const { source, conjuncts } = draft;
  const contained = own(source, 'contains');
  if (contained === undefined) {
    for (const keyword of ['minContains', 'maxContains']) keepForReader(draft, keyword);
    return;
  }
  const least = own(source, 'minContains') ?? 1;
  const most = own(source, 'maxContains');
  // Once, though it may be said twice: conversions inside each other would double at each level.
  const { schema, isExact } = convertAt(draft, contained, 'contains');
  if (least !== 0) {
    // Negated twice, what accepts more accepts more.
    if (!isExact) draft.isExact = false;
    conjuncts.push({ not: { type: 'array', items: isNothing(schema) ? {} : { not: schema } } });
    if (typeof least === 'number' && least > 1) {
      conjuncts.push({ minItems: least });
      reportCount(draft, 'minContains');
    }
  }
  if (most === 0 && isExact && (least === 0 || mayCopy(draft, schema))) {
    conjuncts.push({ items: isAnything(schema) ? nothing : { not: schema } });
  } else if (most !== undefined) {
    reportCount(draft, 'maxContains');
  }
}

function reportCount(draft: SchemaDraft, keyword: string): void {
  reportWider(draft, keyword, 'OpenAPI 3.0 cannot count some of the items');
  keepForReader(draft, keyword);
}
