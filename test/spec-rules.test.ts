import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ruleId =
  /\b(?:PAGE|BULK|FLOW|IDEM|METRIC|UP|REPL|OAUTH|CONF|TLS|FWD|SESS|MAP|HTTP|RES|ERR|COMPAT|START|TRACE|AUDIT|AUTH|AUTHZ|REDIS|WORK|LIMIT)-\d{2,}\b/g;

test('every rule of spec/mapping.md is cited by a test, and every cited rule exists', () => {
  const rules = new Set(readFileSync('spec/mapping.md', 'utf8').match(ruleId));
  const cited = new Set(
    readdirSync('test', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.test.ts') && !path.endsWith('spec-rules.test.ts'))
      .map((path) => join('test', path))
      .flatMap((path) => readFileSync(path, 'utf8').match(ruleId) ?? []),
  );
  expect([...rules].filter((rule) => !cited.has(rule))).toEqual([]);
  expect([...cited].filter((rule) => !rules.has(rule))).toEqual([]);
  expect(rules.size).toBeGreaterThan(30);
});
