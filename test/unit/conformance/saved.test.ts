import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verify, type Finding, type Target, type VerifyOptions } from '../../../conformance/index.ts';
import { readSaved } from '../../../conformance/saved/read-saved.ts';
import { replayFinding, type ReplayOutcome } from '../../../conformance/saved/replay-finding.ts';
import type { SavedFinding } from '../../../conformance/saved/saved-finding.ts';
import { createSavingReporter } from '../../../conformance/saved/saving-reporter.ts';
import { isJsonObject, type JsonObject } from '../../../src/index.ts';
import { answerWell, createMemoryTarget, echoTool, type MemoryServer } from './memory-target.ts';

const checks = ['wire/line-is-message'];

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'saved-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('nothing is made as long as nothing is found; then a folder that git passes over', async () => {
  const folder = join(root, 'deep', 'lazy');
  const saving = createSavingReporter({ folder, toSaved, onFailure: fail });
  saving.onEvent({ kind: 'warning', message: 'not a finding' });
  expect(existsSync(folder)).toBe(false);
  const [finding] = await find(loud(), { checks });
  saving.onEvent({ kind: 'finding', finding: finding! });
  expect(readdirSync(folder).toSorted()).toEqual(['.gitignore', `${finding?.id}.json`]);
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
});

test('a finding is read again as it was, by its id and by its path, a megabyte and odd characters included', async () => {
  const folder = join(root, 'large');
  const [finding] = await find(loud(), { checks });
  const args = { text: 'x'.repeat(1_000_000), odd: '\0\u{1f600}\ud800', ['__proto__']: { a: 1 } };
  const saved = toSaved({ ...finding!, arguments: args });
  createSavingReporter({ folder, toSaved: () => saved, onFailure: fail }).onEvent({
    kind: 'finding',
    finding: saved.finding,
  });
  const path = join(folder, `${finding?.id}.json`);
  expect(readSaved(finding!.id, folder)).toEqual({ kind: 'saved', path, saved });
  expect(readSaved(path, 'elsewhere')).toEqual({ kind: 'saved', path, saved });
});

test('a folder that cannot be written is told of once, and ends nothing', async () => {
  const folder = join(root, 'a-file');
  writeFileSync(folder, '');
  const [finding] = await find(loud(), { checks });
  const failures: string[] = [];
  const saving = createSavingReporter({ folder, toSaved, onFailure: (reason) => failures.push(reason) });
  saving.onEvent({ kind: 'finding', finding: finding! });
  saving.onEvent({ kind: 'finding', finding: finding! });
  expect(failures).toEqual([expect.stringContaining('ENOTDIR')]);
});

test('an id that is not there is answered with those that are', () => {
  const folder = join(root, 'known');
  expect(readSaved('0badcafe0000', folder)).toMatchObject({
    reason: expect.stringContaining('holds no finding') as unknown,
  });
  const other = toSaved({ ...plain, id: '0badcafe0001' });
  createSavingReporter({ folder, toSaved: () => other, onFailure: fail }).onEvent({
    kind: 'finding',
    finding: plain,
  });
  expect(readSaved('0badcafe0000', folder)).toEqual({
    kind: 'none',
    reason: `'0badcafe0000' is no saved finding; the nearest is '0badcafe0001'; ${folder} holds 0badcafe0001`,
  });
});

test.each([
  ['no JSON', 'hello', 'cannot read'],
  ['another JSON', '{"version": 1}', 'is no finding'],
  ['another version', JSON.stringify({ ...toSaved(plainFinding()), version: 2 }), 'is no finding'],
])('a file with %s is refused', (_case, text, reason) => {
  const path = join(root, 'other.json');
  writeFileSync(path, text);
  expect(readSaved(path, root)).toMatchObject({
    kind: 'none',
    reason: expect.stringContaining(reason) as unknown,
  });
});

test('a call of the fuzzing is made again on a server of its own, after the calls that it takes', async () => {
  const poisoned = new WeakSet<MemoryServer>();
  const calls: JsonObject[] = [];
  const target = spoiled((args, server) => {
    calls.push(args);
    if (args['text'] === 'poison') poisoned.add(server);
    if (args['text'] === 'drink' && poisoned.has(server)) server.send('now it is different');
  });
  const [found] = await find(target, {
    checks,
    concurrency: 1,
    tools: { echo: { examples: [{ text: 'a' }, { text: 'poison' }, { text: 'drink' }] } },
  });
  expect(found).toMatchObject({
    call: { tool: 'echo', phase: 'coverage', intent: { kind: 'valid' } },
    arguments: { text: 'drink' },
    earlier: [{ tool: 'echo', arguments: { text: 'poison' } }],
  });
  calls.length = 0;
  const outcome = await replay(found!, target);
  expect(outcome).toMatchObject({ kind: 'still-there', finding: { id: found?.id } });
  expect(calls).toEqual([{ text: 'poison' }, { text: 'drink' }]);
});

test('what a check of its own saw is looked for by that check, with the same seed', async () => {
  const [found] = await find(pongInWords(), { checks: ['wire/ping'], seed: 8 });
  expect(found).toMatchObject({ check: 'wire/ping', during: 'wire/ping', seed: 8 });
  expect(await replay(found!, pongInWords())).toMatchObject({ kind: 'still-there' });
  expect(await replay(found!, loud())).toEqual({ kind: 'not-seen', tries: 1 });
});

test('what is mended is not seen any more', async () => {
  const [found] = await find(
    spoiled(({ text }, server) => {
      if (text === 'drink') server.send('it is poisoned');
    }),
    { checks, tools: { echo: { examples: [{ text: 'a' }, { text: 'drink' }] } } },
  );
  expect(
    await replay(
      found!,
      spoiled(() => {}),
    ),
  ).toEqual({ kind: 'not-seen', tries: 3 });
});

test('a tool that is gone, or a check, cannot be tried', async () => {
  const [found] = await find(loud(), {
    checks,
    tools: { echo: { examples: [{ text: 'a' }, { text: 'loud' }] } },
  });
  const renamed = { ...found!, call: { ...plainCall, tool: 'shout' } };
  expect(await replay(renamed, loud())).toEqual({
    kind: 'untried',
    reason: "the server lists no tool 'shout'",
  });
  expect(await replay({ ...found!, check: 'wire/smell' }, loud())).toEqual({
    kind: 'untried',
    reason: "this version of mcpo-verify has no check 'wire/smell'",
  });
});

const plainCall: NonNullable<Finding['call']> = {
  tool: 'echo',
  phase: 'coverage',
  intent: { kind: 'valid' },
  what: 'an example of yours',
};
const plain = plainFinding();

function plainFinding(): Finding {
  return {
    id: '0badcafe0000',
    title: 'A line is no message',
    severity: 'error',
    group: 'wire',
    check: 'wire/line-is-message',
    requirement: { id: 'x', source: 'y', behaviour: 'z' },
    expected: 'messages',
    seen: 'a banner',
    lines: [],
    occurrences: 1,
    places: [],
    seed: 1,
    replay: 'mcpo-verify replay 0badcafe0000',
    isFlaky: false,
  };
}

function toSaved(finding: Finding): SavedFinding {
  return {
    version: 1,
    savedBy: 'a test',
    target: { command: ['memory'], folder: '.', flags: {}, env: [] },
    options: { requestTimeoutMs: 5_000 },
    finding,
  };
}

function fail(reason: string): never {
  throw new Error(reason);
}

function replay(finding: Finding, target: Target): Promise<ReplayOutcome> {
  return replayFinding(toSaved(finding), { target, signal: new AbortController().signal });
}

/** Writes a line of its own in each call. */
function loud(): Target {
  return spoiled((_args, server) => server.send('calling …'));
}

function pongInWords(): Target {
  return createMemoryTarget((message, server) => {
    const { id = null, method } = message;
    if (method === 'ping') server.send(JSON.stringify({ jsonrpc: '2.0', id, result: 'pong' }));
    else respond(message, server);
  });
}

/** @param spoil gets the arguments of each call */
function spoiled(spoil: (args: JsonObject, server: MemoryServer) => void): Target {
  return createMemoryTarget((message, server) => {
    const { method, params } = message;
    const args = isJsonObject(params) ? params['arguments'] : undefined;
    if (method === 'tools/call' && isJsonObject(args)) spoil(args, server);
    respond(message, server);
  });
}

function respond(message: JsonObject, server: MemoryServer): void {
  const answer = answerWell(message, [echoTool]);
  if (answer !== undefined) server.send(answer);
}

async function find(target: Target, options: Omit<VerifyOptions, 'target'>): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for await (const event of verify({ requestTimeoutMs: 5_000, seed: 3, ...options, target })) {
    if (event.kind === 'finding') findings.push(event.finding);
  }
  return findings;
}
