import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { AjvOptions } from './create-ajv.ts';

/** What checking a value against a schema may cost. */
export interface SchemaCost {
  /** At most this many steps for each unit of the value's size; meaningless when the cost is unbounded. */
  readonly stepsPerUnit: number;
  /**
   * The cost may be exponential in the size: a recursive schema can apply itself to a part of the value more than once,
   * and a backtracking pattern is what it is.
   */
  readonly isUnbounded: boolean;
  /** Members of the largest `properties`. */
  readonly widestObject: number;
}

const saturated = 1e12;
const refPrefix = '#/$defs/';

/**
 * Adds up what a schema may cost: its subschemas, each reference counted as a copy of what it leads to.
 *
 * Each of them is applied to each part of the value at most once, if the schema is not recursive.
 *
 * @param schema as toAssertionSchema makes it: references lead to `$defs` of the root
 */
export function toSchemaCost(
  schema: JsonObject,
  { compilePattern, formats }: Pick<AjvOptions, 'compilePattern' | 'formats'>,
): SchemaCost {
  const definitions = isJsonObject(schema['$defs']) ? schema['$defs'] : {};
  const known = new Map<string, number>();
  const open = new Set<string>();
  let isUnbounded = false;
  let widestObject = 0;
  const stepsPerUnit = costOf(schema);
  return { stepsPerUnit, isUnbounded, widestObject };

  function costOf(value: JsonValue): number {
    if (!isJsonObject(value)) return 1;
    let cost = 1;
    for (const [keyword, operand] of Object.entries(value)) cost += costOfKeyword(keyword, operand);
    return Math.min(cost, saturated);
  }

  function costOfKeyword(keyword: string, operand: JsonValue): number {
    switch (keyword) {
      case '$defs':
        return 0;
      case '$ref':
        return typeof operand === 'string' ? costOfRef(operand) : 1;
      case 'pattern':
        return typeof operand === 'string' ? costOfPattern(operand) : 1;
      case 'enum':
      case 'const':
        return 1;
      case 'format':
        // Those of ajv-formats are native regular expressions.
        isUnbounded ||= formats === 'assert';
        return 1;
      case 'required':
        return Array.isArray(operand) ? operand.length : 1;
      case 'patternProperties':
        return costOfMap(operand) + sum(Object.keys(isJsonObject(operand) ? operand : {}).map(costOfPattern));
      case 'properties':
        widestObject = Math.max(widestObject, Object.keys(isJsonObject(operand) ? operand : {}).length);
        return costOfMap(operand);
      case 'dependentSchemas':
        return costOfMap(operand);
      default:
        return Array.isArray(operand) ? sum(operand.map(costOf)) : costOf(operand);
    }
  }

  function costOfMap(map: JsonValue): number {
    return isJsonObject(map) ? sum(Object.values(map).map(costOf)) : 1;
  }

  function costOfRef(ref: string): number {
    const name = ref.slice(refPrefix.length);
    const cost = known.get(name);
    if (cost !== undefined) return cost;
    if (open.has(name)) {
      isUnbounded = true;
      return 1;
    }
    open.add(name);
    const computed = costOf(definitions[name] ?? {});
    open.delete(name);
    known.set(name, computed);
    return computed;
  }

  function costOfPattern(source: string): number {
    const pattern = compilePattern(source);
    isUnbounded ||= !pattern.isLinear;
    return pattern.stepsPerCharacter;
  }
}

function sum(costs: readonly number[]): number {
  return costs.reduce((total, cost) => total + cost, 0);
}
