import { expect, test } from 'vitest';
import { compareVersions } from '../../../../src/docs/changelog/version-order.ts';

test.each([
  ['versions by their numbers', ['v1.2', 'v1.9', 'v1.10', 'v2']],
  ['with and without a v', ['1.0', 'v1.1', '1.2']],
  ['dates', ['2025-12-31', '2026-01-02', '2026-10-01', '2026-10-01T08-00']],
  ['what comes before a release', ['2.0-alpha', '2.0-beta.2', '2.0-beta.10', '2.0-rc.1', '2.0', '2.0.1']],
  ['what follows a release', ['1.0', '1.0-hotfix', '1.0.1']],
  ['more digits than a number keeps', ['20261001080000000001', '20261001080000000002']],
  ['words', ['autumn', 'spring']],
])('%s', (_, names) => {
  expect(names.toReversed().toSorted(compareVersions)).toEqual(names);
});

test('different names are never equal', () => {
  expect(compareVersions('v1', '1')).not.toBe(0);
  expect(compareVersions('1.0', '1-0')).not.toBe(0);
  expect(compareVersions('x', 'x')).toBe(0);
});
