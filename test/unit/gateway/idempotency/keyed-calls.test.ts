import { describe, expect, test } from 'vitest';
import { KeyedCalls, type KeyedReport } from '../../../../src/gateway/idempotency/keyed-calls.ts';
import type { CallRequest } from '../../../../src/gateway/call-request.ts';
import type { MountedServer } from '../../../../src/gateway/mounted-server.ts';
import type { CallOutcome } from '../../../../src/upstream/upstream.ts';
import { createDeferred } from '../../../fixtures/deferred.ts';
import type { ScriptedTool } from '../../../fixtures/in-memory-upstream.ts';
import { createManualClock } from '../../../fixtures/manual-clock.ts';
import { createTestGateway, echo, type TestGateway } from '../../../fixtures/test-gateway.ts';

type Changes = Partial<Omit<CallRequest, 'server'>> & { readonly server?: Partial<MountedServer> };

interface World extends Pick<TestGateway, 'gateway' | 'upstream'> {
  readonly keyed: KeyedCalls;
  readonly request: (tool: string, changes?: Changes) => CallRequest;
  readonly report: (key: string, request: CallRequest) => Promise<KeyedReport>;
}

let requests = 0;

async function createWorld(
  tools: readonly ScriptedTool[] = [echo, { ...echo, name: 'other' }],
): Promise<World> {
  const { gateway, upstream } = await createTestGateway(tools);
  const keyed = new KeyedCalls({ gateway, ttlMs: 1_000, clock: createManualClock() });
  return {
    gateway,
    upstream,
    keyed,
    request(tool, { server, ...changes } = {}) {
      const route = gateway.route('POST', `/${tool}`);
      if (route.kind !== 'operation') throw new Error(`there is no ${tool}`);
      requests += 1;
      return {
        operation: route.operation,
        contract: route.contract,
        arguments: {},
        argumentsJson: '{}',
        preference: { kind: 'json' },
        requestId: `request-${requests}`,
        ...changes,
        server: { ...route.server, ...server },
      };
    },
    report: async (key, request) => await keyed.call(key, request).report,
  };
}

function traced(traceparent: string): Changes {
  const server = { pickHeaders: () => ({ traceparent, 'x-user': 'ada' }) };
  return { headers: { traceparent }, server };
}

describe('calls with a key', () => {
  test('are made once, and told again in the name of the first (IDEM-02)', async () => {
    const { report, request, upstream, keyed } = await createWorld();
    const first = await report('k', request('echo'));
    const second = await report('k', request('echo'));
    expect(second.answer).toEqual({ ...first.answer, body: Buffer.from('{}') });
    expect(second.requestId).toBe(first.requestId);
    expect(first.upstreamMs).toBeGreaterThanOrEqual(0);
    expect(second.upstreamMs).toBeUndefined();
    expect(upstream.calls).toHaveLength(1);
    expect(keyed.uses).toMatchObject({ first: 1, replayed: 1 });
  });

  test.each<[string, string, Changes]>([
    ['another tool', 'other', {}],
    ['another body', 'echo', { argumentsJson: '{ }' }],
    ['another representation', 'echo', { preference: { kind: 'call_result' } }],
    [
      'another forwarded header',
      'echo',
      { headers: { 'x-user': 'bob' }, server: { pickHeaders: () => ({ 'x-user': 'bob' }) } },
    ],
  ])('under a key of %s are refused with 422 (IDEM-03)', async (_, tool, changes) => {
    const { report, request, upstream, keyed } = await createWorld();
    await report('k', request('echo'));
    const { answer } = await report('k', request(tool, changes));
    expect(answer).toMatchObject({ kind: 'problem', problem: { code: 'idempotency_key_reused' } });
    expect(upstream.calls).toHaveLength(1);
    expect(keyed.uses.reused).toBe(1);
  });

  test('are the same whatever traces them (IDEM-03)', async () => {
    const { report, request, upstream } = await createWorld();
    await report('k', request('echo', traced('one')));
    await report('k', request('echo', traced('two')));
    expect(upstream.calls).toHaveLength(1);
  });

  test.each<[string, Changes, Changes]>([
    ['credential', { headers: { authorization: 'Bearer a' } }, { headers: { authorization: 'Bearer b' } }],
    ['session', { server: { identify: () => 'ada' } }, { server: { identify: () => 'bob' } }],
  ])('belong to the caller’s %s alone (IDEM-04)', async (_, ada, bob) => {
    const { report, request, upstream } = await createWorld();
    await report('k', request('echo', ada));
    const other = await report('k', request('echo', { ...bob, argumentsJson: '{"a":1}' }));
    expect(other.answer).toMatchObject({ kind: 'body', body: '{"a":1}' });
    expect(upstream.calls).toHaveLength(2);
    await report('k', request('echo', ada));
    expect(upstream.calls).toHaveLength(2);
  });

  const result = { resultJson: Buffer.from('{"content":[],"isError":true}'), upstreamMs: 1 };
  test.each<CallOutcome>([
    { kind: 'result', ...result },
    { kind: 'error', code: -32602, message: 'no' },
    { kind: 'error', code: -32000, message: 'no' },
    { kind: 'timeout' },
    { kind: 'lost', reason: 'it went away' },
    { kind: 'too_large', limitBytes: 1 },
  ])('that may have been sent are not sent again: $kind (IDEM-05)', async (outcome) => {
    const { report, request, upstream } = await createWorld([{ ...echo, run: () => outcome }]);
    const first = await report('k', request('echo'));
    expect(first.answer.kind).toBe('problem');
    expect(await report('k', request('echo'))).toMatchObject({ answer: first.answer });
    expect(upstream.calls).toHaveLength(1);
  });

  test.each<CallOutcome>([
    { kind: 'not_ready', retryAfterMs: 1, reason: 'it restarts' },
    { kind: 'overloaded', retryAfterMs: 1 },
    { kind: 'overloaded', retryAfterMs: 1, after: 'waiting' },
    { kind: 'no_session_key', needs: 'the header x-user' },
  ])('that were never sent are made by the next request: $kind (IDEM-05)', async (outcome) => {
    const outcomes = [outcome];
    const { report, request, upstream } = await createWorld([
      { ...echo, run: () => outcomes.pop() ?? { content: [] } },
    ]);
    expect((await report('k', request('echo'))).answer.kind).toBe('problem');
    expect((await report('k', request('echo'))).answer.kind).toBe('body');
    expect(upstream.calls).toHaveLength(2);
  });

  test('that were refused by the contract, or at the end, leave the key free (IDEM-05)', async () => {
    const required: ScriptedTool = {
      name: 'echo',
      inputSchema: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] },
    };
    const { report, request, upstream, gateway, keyed } = await createWorld([required]);
    await report('k', request('echo'));
    const right = { arguments: { a: 1 }, argumentsJson: '{"a":1}' };
    expect((await report('k', request('echo', right))).answer.kind).toBe('body');
    expect(upstream.calls).toHaveLength(1);
    await gateway.drain(1);
    expect((await report('l', request('echo', right))).answer).toMatchObject({
      problem: { code: 'shutting_down' },
    });
    expect(keyed.size).toBe(1);
    expect((await report('k', request('echo', right))).answer.kind).toBe('body');
  });

  test('go on when their caller goes away (IDEM-06)', async () => {
    const answer = createDeferred<{ content: readonly unknown[] }>();
    const { report, request, upstream } = await createWorld([
      { ...echo, run: async () => await answer.promise },
    ]);
    const caller = new AbortController();
    const first = report('k', request('echo', { signal: caller.signal }));
    const second = report('k', request('echo'));
    await expect.poll(() => upstream.calls).toHaveLength(1);
    caller.abort();
    answer.resolve({ content: [{ type: 'text', text: 'done' }] });
    const body = Buffer.from('"done"');
    expect((await first).answer).toMatchObject({ body });
    expect((await second).answer).toMatchObject({ body });
    expect(upstream.calls).toHaveLength(1);
  });

  test('keep no more memory than their answers need (IDEM-07)', async () => {
    const large = Buffer.alloc(100_000, ' ');
    large.write('{"content":[],"structuredContent":{"a":1}');
    large.write('}', large.length - 1);
    const { report, request, keyed } = await createWorld([
      { ...echo, run: () => ({ kind: 'result', resultJson: large, upstreamMs: 1 }) },
    ]);
    await report('k', request('echo'));
    const { answer } = await report('k', request('echo'));
    const { body } = answer as Extract<typeof answer, { kind: 'body' }>;
    expect(body).toBeInstanceOf(Buffer);
    expect((body as Buffer).buffer.byteLength).toBe((body as Buffer).length);
    expect(keyed.bytes).toBeLessThan(1_000);
  });

  test('whose answer is too large to be kept are not made again, and say so (IDEM-07)', async () => {
    const text = 'x'.repeat(5 * 1024 * 1024);
    const { report, request, upstream, keyed } = await createWorld([
      { ...echo, run: () => ({ content: [{ type: 'text', text }] }) },
    ]);
    expect((await report('k', request('echo'))).answer.kind).toBe('body');
    expect((await report('k', request('echo'))).answer).toMatchObject({
      problem: { code: 'idempotency_key_reused', detail: expect.stringContaining('too large to be kept') },
    });
    expect(upstream.calls).toHaveLength(1);
    expect(keyed.uses.let_go).toBe(1);
  });

  test('with a malformed key are not made (IDEM-01)', async () => {
    const { report, request, upstream } = await createWorld();
    expect((await report('', request('echo'))).answer).toMatchObject({ problem: { code: 'bad_request' } });
    expect(upstream.calls).toHaveLength(0);
  });

  test('are forgotten at the end', async () => {
    const { report, request, keyed } = await createWorld();
    await report('k', request('echo'));
    expect(keyed.size).toBe(1);
    keyed.clear();
    expect([keyed.size, keyed.bytes]).toEqual([0, 0]);
  });
});
