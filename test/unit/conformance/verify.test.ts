import { expect, test } from 'vitest';
import {
  ServerUnavailableError,
  verify,
  type Finding,
  type RunSummary,
  type Target,
  type VerifyEvent,
  type VerifyOptions,
} from '../../../conformance/index.ts';
import { isJsonObject, type JsonObject } from '../../../src/index.ts';
import { answerWell, createMemoryTarget, echoTool, type MemoryServer } from './memory-target.ts';

const writer: JsonObject = { ...echoTool, name: 'write', annotations: {} };

test('a server without a fault passes, and what could not be tried is told', async () => {
  const { findings, verdicts, summary } = await runOn(healthy(echoTool));
  expect(findings).toEqual([]);
  expect(verdicts.get('wire/ping')).toEqual({ kind: 'passed' });
  expect(verdicts.get('concurrency/own-answer')).toEqual({ kind: 'passed' });
  expect(verdicts.get('wire/progress')).toEqual({
    kind: 'not-exercised',
    reason: 'no call reported progress',
  });
  expect(summary).toMatchObject({ tools: { listed: 1, called: 1 }, findings: { error: 0, warning: 0 } });
});

test('a tool that does not say that it is read-only is never called', async () => {
  const called: unknown[] = [];
  const target = createMemoryTarget((message, server) => {
    const { method, params } = message;
    if (method === 'tools/call' && isJsonObject(params)) called.push(params['name']);
    respond(message, server, [writer]);
  });
  const { events, summary } = await runOn(target);
  expect(called).not.toContain('write');
  expect(events).toContainEqual({
    kind: 'tool-listed',
    tool: 'write',
    use: { kind: 'not-called', reason: 'it does not say that it is read-only' },
  });
  expect(summary?.tools).toEqual({ listed: 1, called: 0 });
});

test.each([{ calls: 'all' as const }, { allow: ['wr*'] }])('with %j it is called', async (options) => {
  const { summary } = await runOn(healthy(writer), options);
  expect(summary?.tools).toEqual({ listed: 1, called: 1 });
});

test('a fault that happens each time is a finding with its lines, requirement and replay command', async () => {
  const target = createMemoryTarget((message, server) => {
    if (message['method'] === 'tools/call' && 'params' in message) server.send('calling …');
    respond(message, server, [echoTool]);
  });
  const { findings } = await runOn(target, { seed: 5 });
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({
    check: 'wire/line-is-message',
    severity: 'error',
    tool: 'echo',
    isFlaky: false,
    lines: [{ direction: 'received', text: 'calling …' }],
    replay: 'mcpo-verify --seed 5 --checks wire/line-is-message --include echo -- memory',
  });
  expect(findings[0]?.requirement.source).toContain('basic/transports');
});

test('a fault that does not happen again in a server started anew is flaky, and does not fail the check', async () => {
  let isFirst = true;
  const target = createMemoryTarget((message, server) => {
    if (message['method'] === 'tools/call' && isFirst) server.send('once only');
    if (message['method'] === 'tools/call') isFirst = false;
    respond(message, server, [echoTool]);
  });
  const { findings, verdicts, summary } = await runOn(target);
  expect(findings.map(({ isFlaky }) => isFlaky)).toEqual([true]);
  expect(verdicts.get('wire/line-is-message')).toEqual({ kind: 'flaky', findings: 1 });
  expect(summary?.findings).toEqual({ error: 0, warning: 0, flaky: 1 });
});

test('after the end of a server the run goes on with a new one', async () => {
  let starts = 0;
  const target = createMemoryTarget((message, server) => {
    starts = Math.max(starts, server.starts);
    if (message['method'] === 'tools/call') server.exit(9);
    else respond(message, server, [echoTool]);
  });
  const { findings, verdicts } = await runOn(target, { checks: ['wire/server-stays', 'wire/ping'] });
  expect(findings).toMatchObject([{ check: 'wire/server-stays', tool: 'echo', seen: 'exit with code 9' }]);
  expect(verdicts.get('wire/ping')).toEqual({ kind: 'passed' });
  expect(starts).toBeGreaterThan(2);
});

test('the run ends after as many findings as are asked for', async () => {
  const tools = ['a b', 'c d', 'e f'].map((name) => ({ ...echoTool, name, description: '' }));
  const { findings, summary } = await runOn(healthy(...tools), {
    checks: ['listing/names', 'listing/descriptions'],
    maxFailures: 1,
  });
  expect(findings).toHaveLength(3);
  expect(summary).toMatchObject({ isCutShort: true, checks: { failed: 1, notRun: 1 } });
});

test('an interrupted run tells what was found so far', async () => {
  const stop = new AbortController();
  const events: VerifyEvent[] = [];
  const target = healthy({ ...echoTool, name: 'a b' });
  for await (const event of verify({ target, signal: stop.signal })) {
    events.push(event);
    if (event.kind === 'finding') stop.abort();
  }
  const last = events.at(-1);
  expect(last).toMatchObject({ kind: 'run-finished', summary: { isInterrupted: true } });
  expect(last?.kind === 'run-finished' && last.summary.findings.warning).toBe(1);
});

test('only chosen tools are looked at, and names that match none are warned of with the nearest', async () => {
  const { findings, events } = await runOn(healthy({ ...echoTool, name: 'a b' }, echoTool), {
    include: ['ech*', 'eco'],
  });
  expect(findings).toEqual([]);
  expect(events).toContainEqual({
    kind: 'warning',
    message: "--include 'eco' matches none; the nearest is 'echo'",
  });
});

test('a server that cannot be initialized ends the run with an error', async () => {
  const target = createMemoryTarget((_message, server) => server.exit(3));
  await expect(runOn(target)).rejects.toThrow(ServerUnavailableError);
});

test('a server that starts only once leaves work undone, which is told', async () => {
  const target = createMemoryTarget((message, server) => {
    if (server.starts > 0) server.exit(4);
    else respond(message, server, [echoTool]);
  });
  const { verdicts, summary } = await runOn(target, { checks: ['wire/ping', 'wire/unknown-method'] });
  expect(verdicts.get('wire/ping')).toMatchObject({
    kind: 'not-exercised',
    reason: 'the server was not initialized: the server exited with code 4',
  });
  expect(verdicts.get('wire/unknown-method')).toEqual({ kind: 'passed' });
  // The first piece of traffic has a server of its own, too.
  expect(summary?.withoutServer).toBe(2);
});

test('the same seed sends the same messages', async () => {
  expect(await recordSent()).toEqual(await recordSent());
});

test('what goes wrong in a call of a tool that does not exist has the same id whatever its name', async () => {
  const ids = new Set<string>();
  for (const seed of [1, 2]) {
    const target = createMemoryTarget((message, server) => {
      const { method, params } = message;
      const name = isJsonObject(params) ? params['name'] : undefined;
      if (method === 'tools/call' && name !== 'echo') server.send('what is that?');
      respond(message, server, [echoTool]);
    });
    const { findings } = await runOn(target, {
      seed,
      checks: ['wire/line-is-message', 'negative/unknown-tool'],
      phases: [],
    });
    const own = findings.filter(({ check }) => check === 'wire/line-is-message');
    expect(own.map(({ tool }) => tool)).toEqual([undefined]);
    for (const { id } of own) ids.add(id);
  }
  expect(ids.size).toBe(1);
});

async function recordSent(): Promise<readonly string[]> {
  const sent: string[] = [];
  const target = createMemoryTarget((message, server) => {
    sent.push(JSON.stringify(message));
    respond(message, server, [echoTool]);
  });
  await runOn(target, { seed: 11, checks: ['wire'] });
  return sent;
}

function healthy(...tools: readonly JsonObject[]): Target {
  return createMemoryTarget((message, server) => respond(message, server, tools));
}

function respond(message: JsonObject, server: MemoryServer, tools: readonly JsonObject[]): void {
  const answer = answerWell(message, tools);
  if (answer !== undefined) server.send(answer);
}

interface Outcome {
  readonly events: readonly VerifyEvent[];
  readonly findings: readonly Finding[];
  readonly verdicts: ReadonlyMap<string, unknown>;
  readonly summary: RunSummary | undefined;
}

async function runOn(target: Target, options: Omit<VerifyOptions, 'target'> = {}): Promise<Outcome> {
  const events: VerifyEvent[] = [];
  for await (const event of verify({ requestTimeoutMs: 5_000, ...options, target })) events.push(event);
  const last = events.at(-1);
  return {
    events,
    findings: events.flatMap((event) => (event.kind === 'finding' ? [event.finding] : [])),
    verdicts: new Map(
      events.flatMap((event) => (event.kind === 'check-finished' ? [[event.check, event.verdict]] : [])),
    ),
    summary: last?.kind === 'run-finished' ? last.summary : undefined,
  };
}

test('a server that declares no tools is not blamed for having none', async () => {
  const target = createMemoryTarget((message, server) => {
    const { id, method } = message;
    if (method === 'initialize') {
      const result = {
        protocolVersion: '2025-06-18',
        capabilities: {},
        serverInfo: { name: 'n', version: '1' },
      };
      server.send(JSON.stringify({ jsonrpc: '2.0', id, result }));
    } else {
      respond(method === 'ping' ? message : { ...message, method: 'unknown' }, server, []);
    }
  });
  const { findings, verdicts } = await runOn(target);
  expect(findings).toEqual([]);
  expect(verdicts.get('listing/pagination')).toEqual({
    kind: 'not-exercised',
    reason: 'the server declares no tools',
  });
});

test('a choice that leaves no tool cannot be verified', async () => {
  await expect(runOn(healthy(echoTool), { include: ['eco'] })).rejects.toThrow("the nearest is 'echo'");
});
