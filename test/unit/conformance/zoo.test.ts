import { expect, test } from 'vitest';
import { checks } from '../../../conformance/checks/registry.ts';
// @ts-expect-error -- plain JavaScript, for a server that starts without a build
import { mutants } from '../../fixtures/zoo/mutants.mjs';

test('the zoo has a mutant for every check, and every mutant is meant for one', () => {
  // The module above has this shape.
  const meant = Object.values(mutants as Record<string, { readonly check: string }>).map(
    ({ check }) => check,
  );
  const ids = checks.map(({ id }) => id);
  expect(ids.filter((id) => !meant.includes(id))).toEqual([]);
  expect(meant.filter((id) => !ids.includes(id))).toEqual([]);
});
