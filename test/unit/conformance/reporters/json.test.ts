import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import type { VerifyEvent } from '../../../../conformance/events.ts';
import { createJsonReporter } from '../../../../conformance/reporters/json.ts';
import { createNdjsonReporter } from '../../../../conformance/reporters/ndjson.ts';
import { readReportSchema } from '../../../../conformance/reporters/report-schema.ts';
import { isJsonObject, type JsonObject } from '../../../../src/index.ts';
import { completeFinding, events, findings } from './event-fixture.ts';
import { render } from './render.ts';

const schema = JSON.parse(readReportSchema()) as JsonObject; // an object: the first test validates it
const validate = compile(schema);

test('the schema of the report is strict, valid, and what --json-schema prints', () => {
  expect(readReportSchema()).toBe(readFileSync('spec/verify-report.schema.json', 'utf8'));
  const open = objectsOf(schema).filter(
    (part) => 'properties' in part && part['additionalProperties'] !== false,
  );
  expect(open).toEqual([]);
});

test('a report has one entry for each run, also when there is one only', () => {
  const one = JSON.parse(render(createJsonReporter, events.slice(0, events.findIndex(isEnd) + 1)));
  expect(one).toMatchObject({
    version: 1,
    runs: [{ server: { name: 'first' }, summary: { requests: 310 } }],
  });
  expect(one.runs).toHaveLength(1);
  const all = JSON.parse(render(createJsonReporter));
  expect(all.runs).toHaveLength(3);
  expect(all.runs[2]).toMatchObject({
    failure: { message: 'command not found: no-such-server' },
    findings: [],
  });
});

test('reports satisfy the schema, also those that were not finished', () => {
  for (const of of [events, [], events.slice(0, 20)]) {
    validate(JSON.parse(render(createJsonReporter, of)));
    expect(validate.errors).toBeNull();
  }
});

test('the fixture has every member of the schema, so that no member of a report goes without a test', () => {
  const report: unknown = JSON.parse(render(createJsonReporter));
  const seen = new Set<string>();
  collectNames(report, seen);
  const named = objectsOf(schema).flatMap((part) =>
    isJsonObject(part['properties']) ? Object.keys(part['properties']) : [],
  );
  expect(named.filter((name) => !seen.has(name))).toEqual([]);
});

test.each(Object.keys(completeFinding))(
  'a schema without the member %s of findings refuses a report',
  (name) => {
    // As it is written: the first test would fail otherwise.
    const less = JSON.parse(readReportSchema()) as {
      readonly $defs: { readonly finding: { properties: Record<string, unknown>; required: string[] } };
    };
    const { finding } = less.$defs;
    delete finding.properties[name];
    finding.required = finding.required.filter((other) => other !== name);
    const isValid = compile(less)(JSON.parse(render(createJsonReporter)));
    expect(isValid).toBe(false);
  },
);

test('a tool that was to be called and was not is told as not called', () => {
  const { runs } = JSON.parse(render(createJsonReporter));
  const use = { kind: 'not-called', reason: 'no valid arguments were found for it' };
  expect(runs[0].tools).toContainEqual({ name: 'late', use });
});

test('texts come back as they were, but for halves of characters, which stay escapes', () => {
  const text = render(createJsonReporter);
  expect(text.isWellFormed()).toBe(true);
  expect(JSON.parse(text).runs[0].findings[1]).toEqual(findings[1]);
});

test('ndjson is every event, a line each', () => {
  const lines = render(createNdjsonReporter).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(events);
});

function isEnd({ kind }: VerifyEvent): boolean {
  return kind === 'run-finished';
}

function compile(of: object): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  formats.default(ajv);
  return ajv.compile(of);
}

/** All objects within, with the keys of schemas. */
function objectsOf(value: unknown): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsOf);
  return isJsonObject(value) ? [value, ...Object.values(value).flatMap(objectsOf)] : [];
}

function collectNames(value: unknown, into: Set<string>): void {
  for (const object of objectsOf(value)) for (const name of Object.keys(object)) into.add(name);
}
