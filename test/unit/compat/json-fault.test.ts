import { expect, test } from 'vitest';
import { findJsonFault } from '../../../src/compat/json-fault.ts';

const faults: readonly (readonly [string, number, string])[] = [
  ['', 0, 'Expecting value'],
  [' ', 1, 'Expecting value'],
  ['{', 1, 'Expecting property name enclosed in double quotes'],
  ['{"a"', 4, "Expecting ':' delimiter"],
  ['{"a":1,}', 7, 'Expecting property name enclosed in double quotes'],
  ['[1 2]', 3, "Expecting ',' delimiter"],
  ['[1,]', 3, 'Expecting value'],
  ['{}{}', 2, 'Extra data'],
  ['01', 1, 'Extra data'],
  ['{"a":"x', 5, 'Unterminated string starting at'],
  ['"\\', 0, 'Unterminated string starting at'],
  ['{"a":"\\x"}', 6, 'Invalid \\escape'],
  ['{"a":"\\u12"}', 7, 'Invalid \\uXXXX escape'],
  ['"a\tb"', 2, 'Invalid control character at'],
  ['{"😀": nope}', 6, 'Expecting value'],
];

test.each(faults)('%j is malformed at %i: %s (COMPAT-07)', (text, offset, message) => {
  expect(findJsonFault(text)).toEqual({ offset, message });
});

test.each(['{}', '[]', ' {"a":[1,-2.5e3,true,null,"\\u00e9\\/"]} ', 'NaN', '[-Infinity]', '{"a":1,"a":2}'])(
  '%j is not (COMPAT-28)',
  (text) => expect(findJsonFault(text)).toBeUndefined(),
);
