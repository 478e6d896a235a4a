import { expect, test } from 'vitest';
import { collectRuns, toRunName, type RunReport } from '../../../../conformance/reporters/collect-runs.ts';
import { toMatrix } from '../../../../conformance/reporters/matrix.ts';
import { events, hostile } from './event-fixture.ts';

const tools = ['echo', 'reset', 'late', hostile, 'write'];
const rows = new Map(matrixOf().map((row) => [row.check.id, row]));

test('a tool passes where the check was tried on it without a finding, and nowhere else', () => {
  expect(kindsOf('negative/rejected')).toEqual(['passed', 'passed', 'not-called', 'failed', 'not-called']);
});

test('findings stand at their tool; known ones do not hide others, and flaky ones stand apart', () => {
  expect(rows.get('behaviour/idempotent')?.tools[0]).toEqual({ kind: 'failed', findings: 1 });
  expect(kindsOf('wire/one-response').slice(0, 2)).toEqual(['passed', 'flaky']);
});

test('a check of the server as a whole has its verdict there, and says nothing of tools', () => {
  expect(rows.get('wire/ping')?.server).toEqual({ kind: 'passed' });
  expect(kindsOf('wire/ping')).toEqual(tools.map(() => undefined));
});

test('a check that was not exercised says why once, and passes nowhere', () => {
  const row = rows.get('listing/bad-cursor');
  expect(row?.server).toEqual({ kind: 'not-exercised', reason: 'the server lists its tools on one page' });
  expect(row?.tools.every((cell) => cell === undefined)).toBe(true);
});

test('a called tool that a check found nothing to try on is not exercised', () => {
  expect(kindsOf('behaviour/idempotent')[3]).toBe('not-exercised');
});

test.each([
  [{}, 'first 1.0.0'],
  [{ server: 'mine' }, 'mine (first 1.0.0)'],
])('a run of %j is known as %s', (given, name) => {
  const run = runOf();
  expect(toRunName({ ...run, run: { ...run.run, ...given } })).toBe(name);
});

test('a server that said nothing of itself is known by what it was named', () => {
  const { server: _server, ...run } = runOf();
  expect(toRunName(run)).toBe('node server.js');
  expect(toRunName({ ...run, run: { ...run.run, server: 'mine' } })).toBe('mine');
});

function kindsOf(check: string): readonly (string | undefined)[] {
  return rows.get(check)?.tools.map((cell) => cell?.kind) ?? [];
}

function matrixOf(): ReturnType<typeof toMatrix> {
  return toMatrix(runOf());
}

function runOf(): RunReport {
  const { onEvent, runs } = collectRuns();
  for (const event of events) onEvent(event);
  const [run] = runs;
  if (run === undefined) throw new Error('the fixture has no run');
  return run;
}
