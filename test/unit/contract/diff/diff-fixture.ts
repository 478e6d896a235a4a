import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ContractDiff } from '../../../../src/contract/diff/change.ts';
import { diffDocuments } from '../../../../src/contract/diff/diff-documents.ts';
import type { JsonObject, JsonValue } from '../../../../src/json/value.ts';

/** A change of a schema, and values that show it. */
export interface Row {
  readonly old: JsonValue;
  readonly new: JsonValue;
  /** Keyword and severity of each change as an input's; nothing when there is none. */
  readonly input: string;
  /** The same as an output's. */
  readonly output: string;
  /** Fits the old one, and not the new one. */
  readonly lost?: JsonValue;
  /** Fits the new one, and not the old one. */
  readonly gained?: JsonValue;
}

const place = ['paths', '/x', 'post'] as const;

/** A document with one operation. */
export function toDocument(operation: JsonObject, rest: JsonObject = {}): JsonObject {
  return {
    openapi: '3.1.0',
    info: { title: 'x', version: '1' },
    paths: { [place[1]]: { post: operation } },
    ...rest,
  };
}

export function inputDocument(schema: JsonValue, schemas: JsonObject = {}): JsonObject {
  const requestBody = { content: { 'application/json': { schema } } };
  return toDocument({ operationId: 'x', requestBody }, { components: { schemas } });
}

function outputDocument(schema: JsonValue): JsonObject {
  const content = { 'application/json': { schema } };
  return toDocument({ operationId: 'x', responses: { 200: { description: '', content } } });
}

export function diffInputs(a: JsonValue, b: JsonValue): ContractDiff {
  return diffDocuments(inputDocument(a), inputDocument(b));
}

/** "breaking minLength, compatible enum". */
export function toWords({ changes }: ContractDiff): string {
  return changes.map(({ severity, keyword }) => `${severity} ${keyword}`).join(', ');
}

/** What the diff says of the row. */
export function toSeverities(row: Row): Pick<Row, 'input' | 'output'> {
  return {
    input: toWords(diffInputs(row.old, row.new)),
    output: toWords(diffDocuments(outputDocument(row.old), outputDocument(row.new))),
  };
}

/** What is wrong with the row's values, by Ajv: what breaks an input loses one, what breaks an output gains one. */
export function findFaults(row: Row): readonly string[] {
  const [before, after] = [row.old, row.new].map((schema) => {
    const validate = new Ajv2020({ strict: false, logger: false }).compile({ allOf: [schema] });
    return (value: JsonValue): boolean => validate(value);
  });
  const faults: string[] = [];
  if (row.input.includes('breaking') && row.lost === undefined) faults.push('no lost value');
  if (row.output.includes('breaking') && row.gained === undefined) faults.push('no gained value');
  if (row.lost !== undefined && (before?.(row.lost) !== true || after?.(row.lost) !== false)) {
    faults.push('the lost value is not lost');
  }
  if (row.gained !== undefined && (before?.(row.gained) !== false || after?.(row.gained) !== true)) {
    faults.push('the gained value is not gained');
  }
  return faults;
}
