import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBaseline, updateBaseline, writeBaseline } from '../../../conformance/baseline/baseline-file.ts';
import type { KnownFinding } from '../../../conformance/baseline/known-finding.ts';
import {
  verify,
  type Finding,
  type RunSummary,
  type Target,
  type VerifyOptions,
} from '../../../conformance/index.ts';
import { ConfigError, isJsonObject, type JsonObject } from '../../../src/index.ts';
import { answerWell, createMemoryTarget, echoTool, type MemoryServer } from './memory-target.ts';

const spaced: JsonObject = { ...echoTool, name: 'a b' };
const names = { checks: ['listing/names'] };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'baseline-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a known finding is marked, fails nothing, and does not count for the end of the run', async () => {
  const before = await runOn(healthy(spaced), names);
  expect(before.summary).toMatchObject({ checks: { failed: 1 }, findings: { warning: 1 } });
  const baseline = toBaseline(before.findings);
  const after = await runOn(healthy(spaced), { ...names, baseline, maxFailures: 1 });
  expect(after.findings).toMatchObject([{ id: before.findings[0]?.id, isKnown: true }]);
  expect(after.summary).toMatchObject({
    isCutShort: false,
    checks: { failed: 0, known: 1 },
    findings: { error: 0, warning: 0, flaky: 0 },
    baseline: { known: 1, gone: 0 },
  });
});

test('a new finding of the same check fails, beside one that is known', async () => {
  const { findings } = await runOn(healthy(spaced), names);
  const more = [spaced, { ...echoTool, name: 'c d' }];
  const { summary } = await runOn(healthy(...more), { ...names, baseline: toBaseline(findings) });
  expect(summary).toMatchObject({
    checks: { failed: 1, known: 0 },
    findings: { warning: 1 },
    baseline: { known: 1 },
  });
});

test('what was looked for and is not seen any more is gone', async () => {
  const known = knownOf({ check: 'listing/names', tool: 'echo' });
  const { gone, summary } = await runOn(healthy(echoTool), { ...names, baseline: [known] });
  expect(gone).toEqual([known]);
  expect(summary?.baseline).toEqual({ known: 0, gone: 1 });
});

test.each<[string, Partial<KnownFinding>, Omit<VerifyOptions, 'target'>]>([
  ['whose check is not chosen', { check: 'wire/ping' }, {}],
  ['of a tool that is left out', { check: 'wire/one-response', tool: 'other' }, { exclude: ['other'] }],
  ['of a tool that is not called', { check: 'wire/one-response', tool: 'writer' }, {}],
  ['of a tool that is not listed', { check: 'listing/names', tool: 'nobody' }, {}],
  ['of another server', { check: 'listing/names', tool: 'echo', server: 'other' }, { server: 'one' }],
  [
    'of calls in a phase that is left out',
    { check: 'wire/one-response', tool: 'echo' },
    { phases: ['coverage'] },
  ],
])('one %s is not gone', async (_case, known, options) => {
  const tools = [echoTool, { ...echoTool, name: 'other' }, { ...echoTool, name: 'writer', annotations: {} }];
  const { gone } = await runOn(healthy(...tools), {
    checks: ['listing/names', 'wire/one-response'],
    maxExamples: 2,
    ...options,
    baseline: [knownOf(known)],
  });
  expect(gone).toEqual([]);
});

test('one of a call that the run does not happen to make is seen by making it', async () => {
  const checks = ['wire/line-is-message'];
  const { findings } = await runOn(spoiled(answerMagic), {
    checks,
    tools: { echo: { examples: [{ text: 'a' }, { text: 'xyzzy' }] } },
  });
  expect(findings).toMatchObject([{ tool: 'echo', arguments: { text: 'xyzzy' } }]);
  const baseline = toBaseline(findings);
  const there = await runOn(spoiled(answerMagic), { checks, maxExamples: 2, baseline });
  expect(there.findings).toEqual([]);
  expect(there.summary?.baseline).toEqual({ known: 1, gone: 0 });
  const mended = await runOn(healthy(echoTool), { checks, maxExamples: 2, baseline });
  expect(mended.gone).toEqual(baseline);
});

test('a flaky finding that is known is not gone, and fails nothing', async () => {
  let isFirst = true;
  const target = createMemoryTarget((message, server) => {
    if (message['method'] === 'tools/call' && isFirst) server.send('once only');
    if (message['method'] === 'tools/call') isFirst = false;
    respond(message, server, [echoTool]);
  });
  const checks = ['wire/line-is-message'];
  const steady = await runOn(
    spoiled((_args, server) => server.send('each time')),
    { checks },
  );
  const baseline = toBaseline(steady.findings);
  const { findings, gone, summary } = await runOn(target, { checks, baseline });
  expect(findings).toMatchObject([{ isFlaky: true }]);
  expect(gone).toEqual([]);
  expect(summary).toMatchObject({ checks: { failed: 0 }, findings: { error: 0, flaky: 1 } });
});

test('servers of one run have findings of their own', async () => {
  const one = await runOn(healthy(spaced), { ...names, server: 'one' });
  const other = await runOn(healthy(spaced), { ...names, server: 'other' });
  expect(one.findings[0]?.server).toBe('one');
  expect(one.findings[0]?.id).not.toBe(other.findings[0]?.id);
});

test('an update adds what is new, drops what is gone, and leaves the rest as it was', async () => {
  const { findings } = await runOn(healthy(spaced, { ...echoTool, name: 'c d' }), names);
  const [first, second] = toBaseline(findings);
  const noted = { ...first!, note: 'clients know it by that name' };
  const old = knownOf({ check: 'wire/ping' });
  const quiet = knownOf({ check: 'wire/progress', id: 'aaaaaaaaaaaa' });
  const next = updateBaseline({ before: [quiet, old, noted], findings, gone: [old] });
  expect(next).toEqual([noted, second, quiet]);
});

test('a flaky finding is not added', async () => {
  const { findings } = await runOn(healthy(spaced), names);
  const flaky = findings.map((finding) => ({ ...finding, isFlaky: true }));
  expect(updateBaseline({ before: [], findings: flaky, gone: [] })).toEqual([]);
});

test('the same findings make the same bytes, in whatever order they came, and are read again', async () => {
  const { findings } = await runOn(healthy(spaced, { ...echoTool, name: 'c d' }), names);
  const path = join(folder, 'same.json');
  const write = (all: readonly Finding[]): string => {
    writeBaseline(path, updateBaseline({ before: [], findings: all, gone: [] }));
    return readFileSync(path, 'utf8');
  };
  expect(write(findings)).toBe(write(findings.toReversed()));
  expect(readBaseline(path)).toEqual(toBaseline(findings));
});

test('arguments that are long are not written to a baseline', async () => {
  const { findings } = await runOn(
    spoiled(({ text }, server) => {
      if (typeof text === 'string' && text.length > 3_000) server.send('too long');
    }),
    { checks: ['wire/line-is-message'], shrinks: false, phases: ['coverage'] },
  );
  expect(findings).toHaveLength(1);
  expect(toBaseline(findings)[0]).not.toHaveProperty('arguments');
  expect(toBaseline(findings)[0]).not.toHaveProperty('call');
});

test('every mistake in a baseline is told with its place', () => {
  const path = join(folder, 'wrong.json');
  writeFileSync(
    path,
    '{\n  "version": 2,\n  "findings": [{ "id": "x", "check": "wire/ping", "titel": "" }]\n}\n',
  );
  expect(problemsOf(() => readBaseline(path))).toEqual([
    expect.stringMatching(/wrong\.json:2:14: 'version' must be from 1 to 1$/),
    expect.stringMatching(/wrong\.json:3:16: 'findings\[0\]' needs 'title'$/),
    expect.stringMatching(/wrong\.json:3:24: 'findings\[0\]\.id' is no id of a finding/),
    expect.stringMatching(/wrong\.json:3:51: unknown key 'titel'; did you mean 'title'\?$/),
  ]);
});

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function knownOf(known: Partial<KnownFinding>): KnownFinding {
  return { id: '0123456789ab', check: 'wire/ping', title: 'Something', ...known };
}

function toBaseline(findings: readonly Finding[]): readonly KnownFinding[] {
  return updateBaseline({ before: [], findings, gone: [] });
}

function healthy(...tools: readonly JsonObject[]): Target {
  return createMemoryTarget((message, server) => respond(message, server, tools));
}

function answerMagic({ text }: JsonObject, server: MemoryServer): void {
  if (text === 'xyzzy') server.send('a hollow voice says plugh');
}

/** @param spoil gets the arguments of each call of echo */
function spoiled(spoil: (args: JsonObject, server: MemoryServer) => void): Target {
  return createMemoryTarget((message, server) => {
    const { method, params } = message;
    const args = isJsonObject(params) ? params['arguments'] : undefined;
    if (method === 'tools/call' && isJsonObject(args)) spoil(args, server);
    respond(message, server, [echoTool]);
  });
}

function respond(message: JsonObject, server: MemoryServer, tools: readonly JsonObject[]): void {
  const answer = answerWell(message, tools);
  if (answer !== undefined) server.send(answer);
}

interface Outcome {
  readonly findings: readonly Finding[];
  readonly gone: readonly KnownFinding[];
  readonly summary: RunSummary | undefined;
}

async function runOn(target: Target, options: Omit<VerifyOptions, 'target'>): Promise<Outcome> {
  const findings: Finding[] = [];
  const gone: KnownFinding[] = [];
  let summary: RunSummary | undefined;
  for await (const event of verify({ requestTimeoutMs: 5_000, seed: 3, ...options, target })) {
    if (event.kind === 'finding') findings.push(event.finding);
    if (event.kind === 'known-gone') gone.push(event.known);
    if (event.kind === 'run-finished') ({ summary } = event);
  }
  return { findings, gone, summary };
}
