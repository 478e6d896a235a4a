import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.ts';
import { own } from '../../schema/own-property.ts';
import {
  convertAt,
  convertWidening,
  isAnything,
  keepForReader,
  mayCopy,
  reportAnnotation,
  reportWider,
  type SchemaDraft,
} from './schema-draft.ts';
import { toUnion } from './union.ts';

/**
 * Rewrites `if`, `then`, `else` (2020-12 core, section 10.2.2) with `anyOf` and `not`: if A then B else C is
 * (not A or B) and (A or C).
 */
export function rewriteCondition(draft: SchemaDraft): void {
  const condition = own(draft.source, 'if');
  const branches = ['then', 'else'].filter((keyword) => Object.hasOwn(draft.source, keyword));
  if (condition === undefined || branches.length === 0) {
    for (const keyword of condition === undefined ? branches : ['if']) {
      reportAnnotation(draft, keyword, 'it judges nothing without its counterpart');
    }
    return;
  }
  const ifTrue = convertBranch(draft, 'then');
  const ifFalse = convertBranch(draft, 'else');
  const { schema, isExact } = convertAt(draft, condition, 'if');
  const isTwice = ifTrue !== undefined && ifFalse !== undefined;
  if (ifTrue === undefined && ifFalse !== undefined) {
    // The one place where the condition stands only unnegated: it may accept more.
    if (!isExact) draft.isExact = false;
    draft.conjuncts.push(toUnion([schema, ifFalse]));
  } else if (isExact && (!isTwice || mayCopy(draft, schema))) {
    if (ifTrue !== undefined) draft.conjuncts.push(toUnion([{ not: schema }, ifTrue]));
    if (ifFalse !== undefined) draft.conjuncts.push(toUnion([schema, ifFalse]));
  } else {
    reportWider(draft, 'if', isExact ? 'the condition is too large to be said twice' : cannotNegate);
    for (const keyword of ['if', 'then', 'else']) keepForReader(draft, keyword);
    if (isTwice) draft.conjuncts.push(toUnion([ifTrue, ifFalse]));
  }
}

/** Why a negated schema has to go. */
export const cannotNegate = 'what it negates cannot be said exactly in OpenAPI 3.0';

/** Rewrites `dependentRequired` (2020-12 validation, section 6.5.4) and `dependentSchemas` (core, section 10.2.2.4). */
export function rewriteDependencies(draft: SchemaDraft): void {
  for (const [key, names] of membersOf(draft, 'dependentRequired')) {
    if (Array.isArray(names) && names.length > 0) addDependency(draft, key, { required: names });
  }
  for (const [key, schema] of membersOf(draft, 'dependentSchemas')) {
    addDependency(draft, key, convertWidening(draft, schema, 'dependentSchemas', key));
  }
}

function addDependency(draft: SchemaDraft, key: string, then: JsonObject): void {
  if (isAnything(then)) return;
  // `type` lets other values than objects pass: `required` alone would hold for them.
  draft.conjuncts.push({ anyOf: [{ not: { type: 'object', required: [key] } }, then] });
}

/** Undefined when the branch asks for nothing. */
function convertBranch(draft: SchemaDraft, keyword: 'then' | 'else'): JsonObject | undefined {
  const branch = own(draft.source, keyword);
  return branch === undefined || isAnything(branch) ? undefined : convertWidening(draft, branch, keyword);
}

function membersOf(draft: SchemaDraft, keyword: string): readonly (readonly [string, JsonValue])[] {
  const map = own(draft.source, keyword);
  return isJsonObject(map) ? Object.entries(map) : [];
}
