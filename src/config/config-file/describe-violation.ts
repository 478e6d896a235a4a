import type { ErrorObject } from 'ajv/dist/2020.js';
import { isJsonObject } from '../../json/value.ts';
import {
  nameOf,
  nodeAt,
  quote,
  serverPrefix,
  type ConfigNode,
  type Fault,
  type ObjectNode,
} from './config-node.ts';
import { meantKey, nearestOf, unknownKeyMessage } from './unknown-key.ts';

/** Says in words where a configuration departs from its schema. */
export function describeViolation(root: ConfigNode, error: ErrorObject): readonly Fault[] {
  const { node, member } = nodeAt(root, error.instancePath);
  const schema = isJsonObject(error.parentSchema) ? error.parentSchema : {};
  const faultAt =
    (offset: number) =>
    (says: string): readonly Fault[] => [{ offset, message: `${nameOf(node.path)} ${says}` }];
  const fault = faultAt(node.offset);
  // What an object lacks stands nowhere; its key is where one looks.
  const lack = faultAt(member?.keyOffset ?? node.offset);
  switch (error.keyword) {
    case 'type': {
      const example = exampleOf(schema['examples']);
      const types = [schema['type']].flat().map(textOf);
      const wanted = types.map((type) => typeWords[type] ?? type);
      // What is no whole number is a number: only its value says why it is refused. A secret it cannot be.
      const isFraction =
        types.includes('integer') && node.kind === 'scalar' && typeof node.value === 'number';
      return fault(`must be ${wanted.join(' or ')}, not ${isFraction ? node.text : kindOf(node)}${example}`);
    }
    case 'additionalProperties':
      return unknownKey(node, error);
    case 'propertyNames':
      return badName(node, error);
    case 'pattern':
      return fault(textOf(schema['errorMessage']));
    case 'oneOf':
      return oneOf(node, error, lack, exampleOf(schema['examples']));
    case 'anyOf':
      return node.kind === 'object'
        ? noneOf(node, schema['anyOf'], lack, exampleOf(schema['examples']))
        : noAlternative(node, schema['anyOf'], fault);
    case 'required': {
      const key = textOf((error.params as Record<string, unknown>)['missingProperty']); // Ajv's params of this keyword
      return lack(`needs '${key}'`);
    }
    case 'minLength':
      return fault(`is empty${exampleOf(schema['examples'])}`);
    case 'minProperties':
    case 'minItems':
      if (node.kind === 'list' && node.path.length === 0)
        return [{ offset: node.offset, message: `the list is empty${exampleOf(schema['examples'])}` }];
      return lack(`is empty${exampleOf(schema['examples'])}`);
    case 'exclusiveMinimum':
      return fault(`must be more than ${textOf(error.schema)}`);
    case 'minimum':
    case 'maximum':
      return fault(rangeWords(schema['minimum'], schema['maximum']));
    default:
      return fault(`is not as it must be (${error.keyword})`);
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

function kindOf(node: ConfigNode): string {
  if (node.kind === 'object') return 'an object';
  if (node.kind === 'list') return 'a list';
  switch (typeof node.value) {
    case 'string':
      return 'text';
    case 'number':
      return 'a number';
    case 'boolean':
      return node.text;
    default:
      return 'null';
  }
}

function exampleOf(examples: unknown): string {
  if (!Array.isArray(examples) || examples.length === 0) return '';
  return `; write it as in ${JSON.stringify(examples[0])}`;
}

function unknownKey(node: ConfigNode, { params, parentSchema }: ErrorObject): readonly Fault[] {
  if (node.kind !== 'object') return [];
  const key = String((params as Record<string, unknown>)['additionalProperty']); // Ajv's params of this keyword
  const properties: unknown = parentSchema?.['properties'];
  const known = isJsonObject(properties) ? Object.keys(properties) : [];
  const message = unknownKeyMessage(node, key, known);
  return node.members
    .filter((member) => member.key === key)
    .map(({ keyOffset }) => ({ offset: keyOffset, message }));
}

function badName(node: ConfigNode, { params, schema }: ErrorObject): readonly Fault[] {
  if (node.kind !== 'object') return [];
  const name = String((params as Record<string, unknown>)['propertyName']); // Ajv's params of this keyword
  const says = isJsonObject(schema) ? textOf(schema['errorMessage']) : '';
  return node.members
    .filter((member) => member.key === name)
    .map(({ keyOffset }) => ({
      offset: keyOffset,
      message: `${serverPrefix(node.path)}${quote(name)} ${says}`,
    }));
}

/** Alternatives that each ask for one key. */
function oneOf(
  node: ConfigNode,
  { params, schema }: ErrorObject,
  fault: (says: string) => readonly Fault[],
  example: string,
): readonly Fault[] {
  if (node.kind !== 'object') return [];
  const keys = requiredOf(schema);
  const names = keys.map((key) => `'${key}'`);
  const isBoth = (params as Record<string, unknown>)['passingSchemas'] !== null; // Ajv's params of this keyword
  if (isBoth) return fault(`has both ${names.join(' and ')}; keep one`);
  return isMisspelt(node, keys) ? [] : fault(`has neither ${names.join(' nor ')}${example}`);
}

/** Alternatives that each ask for one key, where there may be several. */
function noneOf(
  node: ObjectNode,
  branches: unknown,
  fault: (says: string) => readonly Fault[],
  example: string,
): readonly Fault[] {
  const keys = requiredOf(branches);
  // Another spelling of the one before.
  const names = keys.filter((key) => !key.includes('_')).map((key) => `'${key}'`);
  return isMisspelt(node, keys) ? [] : fault(`has none of ${names.join(', ')}${example}`);
}

function requiredOf(branches: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(branches) ? branches : [];
  return all.flatMap((branch) => (isJsonObject(branch) ? textsOf(branch['required']) : []));
}

/** A misspelt key is said already. */
function isMisspelt(node: ObjectNode, keys: readonly string[]): boolean {
  return node.members.some(({ key }) => keys.includes(meantKey(key, keys) ?? ''));
}

/** Alternatives of which one is a list of words. */
function noAlternative(
  node: ConfigNode,
  branches: unknown,
  fault: (says: string) => readonly Fault[],
): readonly Fault[] {
  const all: readonly unknown[] = Array.isArray(branches) ? branches : [];
  const words = all
    .flatMap((branch) => (isJsonObject(branch) ? [branch['enum'] ?? []].flat() : []))
    .map(String);
  if (node.kind !== 'scalar' || typeof node.value !== 'string')
    return fault(`must be text, not ${kindOf(node)}`);
  const near = nearestOf(node.value, words);
  const advice = near === undefined ? '' : `; did you mean '${near}'?`;
  return fault(`is ${quote(node.value)}, which is none of ${words.join(', ')}${advice}`);
}

function rangeWords(minimum: unknown, maximum: unknown): string {
  if (maximum === undefined) return `must be ${textOf(minimum)} or more`;
  return `must be from ${textOf(minimum)} to ${textOf(maximum)}`;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}

/** What the schema says is text or a number wherever it is asked for. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
