import { expect, test } from 'vitest';
import { namesSeveral } from '../../../conformance/fuzzing/names-several.ts';

const properties = { from: { type: 'integer' }, to: { type: 'integer' }, a: {}, b: {} };
const tool = { name: 'range', source: { inputSchema: { type: 'object', properties } } };

test.each([
  ['from must not be greater than to', true],
  ['"to" must come after "from"', true],
  ['from is required', false],
  ['the tomato is from somewhere', false],
  ['a must be shorter than b', false],
  ['MCP error -32602: Input validation error: from and to are wrong', false],
  ['from: too small\nto: too small', false],
])('"%s" speaks of two members together: %s', (text, isSo) => {
  expect(namesSeveral(tool, text)).toBe(isSo);
});
