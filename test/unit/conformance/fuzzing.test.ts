import { expect, test } from 'vitest';
import {
  verify,
  type Finding,
  type Target,
  type VerifyEvent,
  type VerifyOptions,
} from '../../../conformance/index.ts';
import { isJsonObject, type JsonObject } from '../../../src/index.ts';
import { answerWell, createMemoryTarget, echoTool, type MemoryServer } from './memory-target.ts';

const listTool: JsonObject = {
  ...echoTool,
  name: 'list',
  inputSchema: {
    type: 'object',
    properties: {
      items: { type: 'array', items: { type: 'integer', minimum: 0, maximum: 50 } },
      mode: { enum: ['a', 'b'] },
      limit: { type: 'integer', minimum: 1, maximum: 10 },
    },
    required: ['items'],
  },
};

test('a crash is found, and shrunk to the smallest call that shows it', async () => {
  const target = spoiled([echoTool], ({ text }, server) => {
    if (typeof text === 'string' && /[\u{10000}-\u{10ffff}]/u.test(text)) server.exit(9);
  });
  const { findings } = await fuzz(target);
  expect(findings).toMatchObject([{ check: 'wire/server-stays', tool: 'echo', isFlaky: false }]);
  const text = findings[0]?.arguments?.['text'];
  expect(text).toMatch(/^[\u{10000}-\u{10ffff}]$/u);
});

test('a crash that a probe comes across first is shrunk as well', async () => {
  // Few calls are made before the probe, so that it is the one that meets the crash.
  const target = spoiled([{ ...echoTool, description: '' }], ({ text }, server) => {
    if (typeof text === 'string' && text.includes('x')) server.exit(9);
  });
  const tools = { echo: { examples: [{ text: 'fine' }, { text: 'a long text with an x in it' }] } };
  const checks = ['wire/server-stays', 'concurrency/same-as-serial'];
  const { findings } = await fuzz(target, { tools, checks, phases: [] });
  expect(findings.find(({ check }) => check === 'wire/server-stays')?.arguments).toEqual({ text: 'x' });
});

test('a call that hangs is found, though others are under way with it', async () => {
  const target = createMemoryTarget((message, server) => {
    const { items } = argumentsOf(message);
    if (message['method'] === 'tools/call' && Array.isArray(items) && items.length === 0) return;
    respond(message, server, [listTool]);
  });
  const { findings } = await fuzz(target, {
    requestTimeoutMs: 300,
    phases: ['coverage'],
  });
  expect(findings).toMatchObject([
    { check: 'wire/requests-answered', tool: 'list', arguments: { items: [] }, isFlaky: false },
  ]);
});

test('what shows only after another call comes with the calls that it takes', async () => {
  const poisoned = new WeakSet<MemoryServer>();
  const target = spoiled([listTool], ({ limit, mode }, server) => {
    if (limit === 10) poisoned.add(server);
    if (mode === 'b' && limit !== 10 && poisoned.has(server)) server.send('now it is different');
  });
  const { findings } = await fuzz(target, { concurrency: 1, phases: ['fuzzing'] });
  expect(findings).toMatchObject([{ check: 'wire/line-is-message', isFlaky: false }]);
  const [finding] = findings;
  expect(finding?.earlier).toHaveLength(1);
  expect(finding?.earlier?.[0]?.arguments['limit']).toBe(10);
});

test('what does not happen again is told apart, after all else', async () => {
  let isFirst = true;
  const target = spoiled([echoTool], ({ text }, server) => {
    if (isFirst && text === '') server.send('once');
    if (text === '') isFirst = false;
  });
  const { findings } = await fuzz(target);
  expect(findings).toMatchObject([{ check: 'wire/line-is-message', isFlaky: true }]);
});

test('without shrinking the call stays as it was made', async () => {
  const target = spoiled([listTool], (args, server) => {
    if ('mode' in args && 'limit' in args) server.exit(3);
  });
  const small = await fuzz(target, { phases: ['coverage'] });
  const asMade = await fuzz(target, { phases: ['coverage'], shrinks: false });
  expect(small.findings[0]?.arguments).toEqual({ items: [], mode: 'a', limit: 1 });
  expect(JSON.stringify(asMade.findings[0]?.arguments).length).toBeGreaterThan(
    JSON.stringify(small.findings[0]?.arguments).length - 1,
  );
});

test('each phase makes its own kind of calls, no more than are asked for, and the same for the same seed', async () => {
  const one = await runWithSeed(1);
  expect(one.fuzzed).toMatchObject([
    { phase: 'coverage', tool: 'list', isCutShort: false, refused: 0 },
    { phase: 'negative', tool: 'list', sent: 12, planned: 12 },
    { phase: 'fuzzing', tool: 'list', sent: 12 },
  ]);
  expect(one.texts).toEqual((await runWithSeed(1)).texts);
  expect(one.texts).not.toEqual((await runWithSeed(2)).texts);
});

test('time that is used up is told with what was left undone', async () => {
  const { events } = await fuzz(
    spoiled([listTool], () => {}),
    { maxTimeMs: 0 },
  );
  const fuzzed = events.filter((event) => event.kind === 'tool-fuzzed');
  expect(fuzzed).toHaveLength(3);
  for (const { sent, planned, isCutShort } of fuzzed) {
    expect([sent, isCutShort]).toEqual([0, true]);
    expect(planned).toBeGreaterThan(5);
  }
});

test('a tool that is slow anyway is given up when its time is over, and is not said to hang', async () => {
  const tool = { ...echoTool, name: 'wait' };
  const target = createMemoryTarget((message, server) => {
    const { text } = argumentsOf(message);
    const isCall = message['method'] === 'tools/call' && text !== '';
    // What it is called with first takes 1.2 s; what it gets later is never done.
    if (isCall && typeof text === 'string' && text.length < 10)
      return void setTimeout(() => respond(message, server, [tool]), 1_200);
    if (!isCall) respond(message, server, [tool]);
  });
  const options = {
    tools: { wait: { examples: [{ text: 'short' }] } },
    maxTimeMs: 900,
    requestTimeoutMs: 20_000,
  };
  const { findings, events } = await fuzz(target, options);
  expect(findings).toEqual([]);
  expect(events).toContainEqual(expect.objectContaining({ kind: 'tool-fuzzed', isCutShort: true }));
});

test('members that the user fixed are in each valid call, and in negative ones that are about others', async () => {
  const seen: JsonObject[] = [];
  const target = spoiled([listTool], (args) => seen.push(args));
  await fuzz(target, { tools: { 'li*': { arguments: { limit: 7 } } }, maxExamples: 60 });
  const others = seen.filter(({ limit }) => limit !== 7);
  expect(seen.length - others.length).toBeGreaterThan(60);
  // Only what breaks the fixed member itself.
  for (const { limit } of others) {
    const isValid = Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= 10;
    expect(isValid).toBe(false);
  }
});

test('a tool that may write is called one call at a time', async () => {
  const inFlight = { now: 0, most: 0 };
  const target = (isReadOnly: boolean): Target =>
    createMemoryTarget((message, server) => {
      const tools = [{ ...echoTool, annotations: { readOnlyHint: isReadOnly } }];
      if (message['method'] !== 'tools/call') {
        respond(message, server, tools);
        return;
      }
      inFlight.now += 1;
      inFlight.most = Math.max(inFlight.most, inFlight.now);
      setTimeout(() => {
        inFlight.now -= 1;
        respond(message, server, tools);
      }, 2);
    });
  const options = { calls: 'all' as const, maxExamples: 20 };
  await fuzz(target(false), options);
  expect(inFlight.most).toBe(1);
  await fuzz(target(true), options);
  expect(inFlight.most).toBeGreaterThan(1);
});

test('a tool with few possible inputs gets each of them once', async () => {
  const tool = { ...echoTool, inputSchema: { type: 'object', properties: {}, additionalProperties: false } };
  const { events } = await fuzz(
    spoiled([tool], () => {}),
    { phases: ['fuzzing'] },
  );
  expect(events).toContainEqual(expect.objectContaining({ kind: 'tool-fuzzed', sent: 1, planned: 1 }));
});

test('a tool whose schema nothing satisfies is told, with the reason', async () => {
  const tool = { ...echoTool, inputSchema: { type: 'object', required: ['a'], properties: { a: false } } };
  const { events } = await fuzz(spoiled([tool], () => {}));
  expect(events).toContainEqual({
    kind: 'tool-skipped',
    tool: 'echo',
    reason: expect.stringContaining('no value was found that satisfies the schema'),
  });
});

/** A server that does something more with the arguments of each call. */
function spoiled(
  tools: readonly JsonObject[],
  spoil: (args: JsonObject, server: MemoryServer) => unknown,
): Target {
  return createMemoryTarget((message, server) => {
    if (message['method'] === 'tools/call') spoil(argumentsOf(message), server);
    respond(message, server, tools);
  });
}

function respond(message: JsonObject, server: MemoryServer, tools: readonly JsonObject[]): void {
  const answer = answerWell(message, tools);
  if (answer !== undefined) server.send(answer);
}

function argumentsOf({ params }: JsonObject): JsonObject {
  const args = isJsonObject(params) ? params['arguments'] : undefined;
  return isJsonObject(args) ? args : {};
}

/** Runs the checks that watch the wire, on the fuzzing alone. */
async function fuzz(
  target: Target,
  options: Partial<VerifyOptions> = {},
): Promise<{ events: VerifyEvent[]; findings: Finding[] }> {
  const events: VerifyEvent[] = [];
  const checks = ['wire/server-stays', 'wire/requests-answered', 'wire/line-is-message'];
  for await (const event of verify({ target, checks, seed: 1, ...options })) events.push(event);
  return { events, findings: events.flatMap((event) => (event.kind === 'finding' ? [event.finding] : [])) };
}

async function runWithSeed(seed: number): Promise<{ texts: string[]; fuzzed: VerifyEvent[] }> {
  const texts: string[] = [];
  const target = spoiled([listTool], (args) => texts.push(JSON.stringify(args)));
  const { events } = await fuzz(target, { seed, maxExamples: 12 });
  return { texts, fuzzed: events.filter(({ kind }) => kind === 'tool-fuzzed') };
}
