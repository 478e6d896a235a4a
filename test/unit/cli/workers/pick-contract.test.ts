import { expect, test } from 'vitest';
import { pickContract } from '../../../../src/cli/workers/pick-contract.ts';

test.each([
  ['none where nobody serves', [], undefined],
  ['the only one', [['a', 1]], 'a'],
  [
    'that of most, however new',
    [
      ['a', 1],
      ['b', 2],
      ['b', 3],
    ],
    'b',
  ],
  [
    'of as many, that which was served first',
    [
      ['b', 2],
      ['a', 1],
    ],
    'a',
  ],
] as const)('what counts is %s (WORK-05)', (_name, claims, expected) => {
  expect(pickContract(claims.map(([contract, since]) => ({ contract, since })))).toBe(expected);
});
