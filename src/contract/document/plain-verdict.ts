import { isOfType } from '../../json/is-of-type.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { Components } from '../validation/empty-object.ts';
import { formatSamples } from './example-scalar.ts';
import type { PatternCompiler } from '../validation/pattern.ts';

const componentPrefix = '#/components/schemas/';
/** Subschemas applied to a part of the value; beyond, the answer is "not known". */
const maxJudgements = 5_000;
/** Keywords that are judged here; any other that asserts something makes the answer "not known". */
const annotations: ReadonlySet<string> = new Set(
  'title description default examples deprecated readOnly writeOnly $comment contentMediaType contentEncoding'.split(
    ' ',
  ),
);

/**
 * Whether a value satisfies a schema, by the plain keywords alone; undefined when others take part.
 *
 * Judges most of the examples of a document without compiling a validator for each tool.
 */
export function judgePlainly(
  schema: JsonObject,
  value: JsonValue,
  {
    components,
    compilePattern,
  }: { readonly components: Components; readonly compilePattern: PatternCompiler },
): boolean | undefined {
  let judgements = 0;
  return judge(schema, value);

  function judge(subschema: JsonValue | undefined, instance: JsonValue): boolean | undefined {
    if (subschema === undefined || subschema === true) return true;
    judgements += 1;
    if (!isJsonObject(subschema) || judgements > maxJudgements)
      return subschema === false ? false : undefined;
    let verdict: boolean | undefined = true;
    for (const [keyword, operand] of Object.entries(subschema)) {
      const each = judgeKeyword(subschema, keyword, operand, instance);
      if (each === false) return false;
      if (each === undefined) verdict = undefined;
    }
    return verdict;
  }

  function judgeKeyword(
    subschema: JsonObject,
    keyword: string,
    operand: JsonValue,
    instance: JsonValue,
  ): boolean | undefined {
    switch (keyword) {
      case '$ref':
        return typeof operand === 'string' && operand.startsWith(componentPrefix)
          ? judge(components.get(operand.slice(componentPrefix.length)), instance)
          : undefined;
      case 'type':
        return [operand].flat().some((type) => isOfType(instance, type));
      case 'enum':
        return Array.isArray(operand) ? holdsScalar(operand, instance) : undefined;
      case 'const':
        return holdsScalar([operand], instance);
      case 'properties':
        return isJsonObject(instance) && isJsonObject(operand)
          ? all(Object.entries(instance).map(([key, member]) => judge(own(operand, key), member)))
          : true;
      case 'additionalProperties':
        return judgeAdditional(subschema, operand, instance);
      case 'items':
        if (!Array.isArray(instance)) return true;
        return 'prefixItems' in subschema
          ? undefined
          : all(instance.map((item: JsonValue) => judge(operand, item)));
      case 'allOf':
        return Array.isArray(operand)
          ? all(operand.map((branch: JsonValue) => judge(branch, instance)))
          : undefined;
      case 'anyOf':
        return Array.isArray(operand) && operand.some((branch: JsonValue) => judge(branch, instance) === true)
          ? true
          : undefined;
      case 'pattern':
        return typeof instance !== 'string' || matches(operand, instance);
      case 'format':
        return typeof instance !== 'string' || instance === formatSamples.get(operand) ? true : undefined;
      default:
        return annotations.has(keyword) || judgeBound(keyword, operand, instance);
    }
  }

  function matches(source: JsonValue, text: string): boolean | undefined {
    const pattern = typeof source === 'string' ? compilePattern(source) : undefined;
    return pattern?.isLinear === true ? pattern.test(text) : undefined;
  }

  function judgeAdditional(
    subschema: JsonObject,
    operand: JsonValue,
    instance: JsonValue,
  ): boolean | undefined {
    if (!isJsonObject(instance)) return true;
    if ('patternProperties' in subschema) return undefined;
    const { properties } = subschema;
    const others = Object.entries(instance).filter(([key]) => own(properties, key) === undefined);
    return all(others.map(([, member]) => judge(operand, member)));
  }
}

/** @returns undefined when the keyword is not one of the bounds */
function judgeBound(keyword: string, operand: JsonValue, instance: JsonValue): boolean | undefined {
  if (keyword === 'required') {
    return (
      !isJsonObject(instance) ||
      (Array.isArray(operand) && operand.every((key) => Object.hasOwn(instance, String(key))))
    );
  }
  if (typeof operand !== 'number') return undefined;
  const size = sizeOf(instance);
  switch (keyword) {
    case 'minimum':
      return typeof instance !== 'number' || instance >= operand;
    case 'exclusiveMinimum':
      return typeof instance !== 'number' || instance > operand;
    case 'maximum':
      return typeof instance !== 'number' || instance <= operand;
    case 'exclusiveMaximum':
      return typeof instance !== 'number' || instance < operand;
    case 'minLength':
      return typeof instance !== 'string' || size >= operand;
    case 'maxLength':
      return typeof instance !== 'string' || size <= operand;
    case 'minItems':
      return !Array.isArray(instance) || size >= operand;
    case 'maxItems':
      return !Array.isArray(instance) || size <= operand;
    case 'minProperties':
      return !isJsonObject(instance) || size >= operand;
    case 'maxProperties':
      return !isJsonObject(instance) || size <= operand;
    default:
      return undefined;
  }
}

/** Equality of objects and arrays is left to others. */
function holdsScalar(values: readonly JsonValue[], instance: JsonValue): boolean | undefined {
  return typeof instance === 'object' && instance !== null ? undefined : values.includes(instance);
}

/** Code points, items or members. */
function sizeOf(value: JsonValue): number {
  if (typeof value === 'string') return Array.from(value).length;
  if (Array.isArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : 0;
}

function all(verdicts: readonly (boolean | undefined)[]): boolean | undefined {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

function own(map: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(map) && Object.hasOwn(map, key) ? map[key] : undefined;
}
