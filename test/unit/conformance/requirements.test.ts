import { expect, test } from 'vitest';
import { checks } from '../../../conformance/checks/registry.ts';
import { requirements } from '../../../conformance/requirements.ts';

test('every check cites a requirement that exists, and every requirement is cited', () => {
  const cited = new Set(checks.map(({ requirement }) => requirement));
  expect([...cited].filter((id) => !requirements.has(id))).toEqual([]);
  expect([...requirements.keys()].filter((id) => !cited.has(id))).toEqual([]);
});

test('every requirement has a source on the web and says what is owed', () => {
  for (const { source, behaviour } of requirements.values()) {
    expect(source).toMatch(/^https:\/\//);
    expect(behaviour).toMatch(/^[A-Z].*\.$/);
  }
});

test('ids of checks are unique, and begin with their group', () => {
  const ids = checks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, group } of checks) expect(id).toMatch(new RegExp(`^${group}/[a-z-]+$`));
});
