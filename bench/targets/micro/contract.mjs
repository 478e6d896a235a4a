#!/usr/bin/env node
// What a contract costs to make and to use, as ratios to what Ajv takes to compile the same schemas as they come.
// Needs a fresh dist/. Arguments: numbers of tools (default 1000 5000).
import { Ajv2020 } from 'ajv/dist/2020.js';
import { buildDocument } from '../../../dist/src/contract/document/build-document.js';
import { canonicalize } from '../../../dist/src/contract/canonicalize.js';
import { checkDocument } from '../../../dist/src/contract/document/check-document.js';
import { compileContract } from '../../../dist/src/contract/enforcement/compile-contract.js';

const counts = process.argv.slice(2).map(Number);
const value = { query: 'text', limit: 10, filter: { tags: ['a', 'b'], since: '2025-01-31T12:00:00Z' } };

for (const count of counts.length > 0 ? counts : [1_000, 5_000]) await measure(count);

async function measure(count) {
  const tools = Array.from({ length: count }, (_tool, index) => toTool(index));
  const sources = [{ server: '', tools }];
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const [ajvMs] = await time(() => tools.forEach(({ inputSchema }) => ajv.compile(inputSchema)));

  const [buildMs, built] = await time(() => buildDocument({ sources, security: 'api-key' }));
  const [canonicalMs] = await time(() => canonicalize(built.document));
  const [contractMs, contract] = await time(() => compileContract(built.document));
  const [checkMs] = await time(() => checkDocument(contract.document));
  const [validatorsMs] = await time(() => contract.operations.forEach((each) => contract.prepare(each)));

  console.log(`\n${count} tools, Ajv alone ${Math.round(ajvMs)} ms`);
  const total = buildMs + contractMs + checkMs;
  for (const [what, ms] of [
    ['document built', buildMs],
    ['canonicalized (once more)', canonicalMs],
    ['contract compiled', contractMs],
    ['checked', checkMs],
    ['built, compiled and checked', total],
    ['all validators compiled', validatorsMs],
  ]) {
    console.log(
      `  ${what.padEnd(30)} ${(ms / ajvMs).toFixed(2).padStart(6)} x  ${String(Math.round(ms)).padStart(6)} ms`,
    );
  }
  const calls = 200_000;
  const [matchMs] = await time(() =>
    repeat(calls, (index) => contract.match('POST', `/tool_${index % count}`)),
  );
  const [turnsMs] = await time(() =>
    repeat(calls, (index) => contract.validateArguments(contract.operations[index % count], value)),
  );
  const [sameMs] = await time(() =>
    repeat(calls, () => contract.validateArguments(contract.operations[0], value)),
  );
  const perCall = (ms) => `${((ms / calls) * 1e3).toFixed(2)} µs`;
  console.log(
    `  match ${perCall(matchMs)}; validate one tool ${perCall(sameMs)}, all in turn ${perCall(turnsMs)}`,
  );
  console.log(`  RSS ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
}

/** A tool of the usual kind: some strings, numbers and enums, a nested object, an array. */
function toTool(index) {
  return {
    name: `tool_${index}`,
    description: `Does the ${index}th thing.`,
    annotations: { readOnlyHint: index % 2 === 0 },
    inputSchema: {
      type: 'object',
      properties: {
        query: { type: 'string', description: 'What to look for', minLength: 1, pattern: '^[^\\n]+$' },
        limit: { type: 'integer', minimum: 1, maximum: 100 + index, default: 10 },
        order: { type: 'string', enum: ['asc', 'desc', `by_${index}`] },
        filter: { $ref: '#/$defs/filter' },
      },
      required: ['query'],
      additionalProperties: false,
      $defs: {
        filter: {
          type: 'object',
          properties: {
            tags: { type: 'array', items: { type: 'string' }, maxItems: 20 },
            since: { type: 'string', format: 'date-time' },
            not: { anyOf: [{ type: 'null' }, { type: 'string' }] },
          },
        },
      },
    },
    outputSchema: { type: 'object', properties: { hits: { type: 'array', items: { type: 'string' } } } },
  };
}

async function time(action) {
  const started = performance.now();
  const result = await action();
  return [performance.now() - started, result];
}

function repeat(times, action) {
  for (let index = 0; index < times; index += 1) action(index);
}
