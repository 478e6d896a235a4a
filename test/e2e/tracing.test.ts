import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { isBuilt, runServe, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send } from '../fixtures/http-client.ts';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../fixtures/otlp-receiver.ts';
import { createRemoteServer } from '../fixtures/remote-server.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';

const scripted = [process.execPath, scriptPath('scripted.mjs')];
const personal = [process.execPath, fileURLToPath(new URL('upstreams/personal.mjs', import.meta.url))];
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${spanId}-01`;

let gateway: GatewayProcess | undefined;
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});

async function receiver(): Promise<OtlpReceiver> {
  const started = await startOtlpReceiver();
  onTestFinished(() => started.stop());
  return started;
}

/** Exports soon, in JSON. */
function exportTo({ url }: OtlpReceiver): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '50',
  };
}

async function start(
  server: readonly string[] | undefined,
  env: Record<string, string>,
  flags: readonly string[] = [],
): Promise<GatewayProcess> {
  gateway = await startGateway(server, { env, flags });
  return gateway;
}

async function call(
  { port }: GatewayProcess,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  return await send(port, path, {
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** The log line of the call that was made. */
async function callLine(running: GatewayProcess): Promise<unknown> {
  return await vi.waitFor(
    () => {
      const lines = running.logs().filter(({ msg }) => msg === 'call');
      expect(lines).toHaveLength(1);
      return lines[0];
    },
    { timeout: 10_000 },
  );
}

/** Once there are as many. */
async function spansOf(from: OtlpReceiver, count: number): Promise<readonly ReceivedSpan[]> {
  return await vi.waitFor(
    () => {
      const spans = from.spans();
      expect(spans.length).toBeGreaterThanOrEqual(count);
      return spans;
    },
    { timeout: 20_000, interval: 30 },
  );
}

describe.skipIf(!isBuilt)('with an OTLP endpoint in the environment, mcpo-serve', () => {
  test('exports a server span a request and a client span a call, in the caller’s trace (TRACE-01, TRACE-03, TRACE-04, TRACE-08)', async () => {
    const collector = await receiver();
    const running = await start(scripted, {
      ...exportTo(collector),
      OTEL_EXPORTER_OTLP_HEADERS: 'x-token=collector%20key',
      OTEL_SERVICE_NAME: 'tools',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,host.name=one',
    });
    const headers = { traceparent, tracestate: 'vendor=1', 'x-request-id': 'traced', 'user-agent': 'tester' };
    const path = '/echo?key=query-secret';
    expect((await call(running, path, { secret: 'argument-secret' }, headers)).status).toBe(200);
    const spans = await spansOf(collector, 2);
    const [server, client] = [2, 3].map((kind) => spans.find((span) => span.kind === kind));
    expect(server).toMatchObject({
      name: 'POST /echo',
      traceId,
      parentSpanId: spanId,
      traceState: 'vendor=1',
      attributes: {
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'http.route': '/echo',
        'url.path': '/echo',
        'url.scheme': 'http',
        'server.address': '127.0.0.1',
        'server.port': running.port,
        'client.address': '127.0.0.1',
        'user_agent.original': 'tester',
        'gen_ai.tool.name': 'echo',
        'mcpo.server': 'scripted',
        'mcpo.request_id': 'traced',
      },
      resource: {
        'service.name': 'tools',
        'deployment.environment.name': 'test',
        'host.name': 'one',
        'telemetry.sdk.language': 'nodejs',
      },
    });
    expect(client).toMatchObject({
      name: 'tools/call echo',
      traceId,
      parentSpanId: server?.spanId,
      attributes: {
        'mcp.method.name': 'tools/call',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'echo',
        'network.transport': 'pipe',
        'mcpo.server': 'scripted',
        'mcpo.attempt': 1,
      },
    });
    const [beganAt, endedAt] = [client?.startTimeUnixNano, client?.endTimeUnixNano].map((time) =>
      BigInt(time ?? 0),
    );
    expect(endedAt).toBeGreaterThan(beganAt ?? 0n);
    expect(BigInt(server?.endTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(endedAt ?? 0n);
    expect(collector.exports[0]).toMatchObject({
      path: '/v1/traces',
      headers: { 'content-type': 'application/json', 'x-token': 'collector key' },
    });
    expect(JSON.stringify(collector.exports.map(({ body }) => body))).not.toMatch(
      /argument-secret|query-secret/,
    );
    expect(await callLine(running)).toMatchObject({ requestId: 'traced', trace_id: traceId });
    expect(running.stderr).not.toContain('collector key');
  });

  test('passes the context on to a stdio server in _meta, beside what else is there (TRACE-05)', async () => {
    const collector = await receiver();
    const running = await start(personal, exportTo(collector));
    const headers = { traceparent, tracestate: 'vendor=1', baggage: 'user=ada,plan=%7Efree' };
    const { meta } = (await call(running, '/whoami', {}, headers)).json() as { meta: Record<string, string> };
    const client = (await spansOf(collector, 2)).find(({ kind }) => kind === 3);
    expect(meta).toEqual({
      traceparent: `00-${traceId}-${client?.spanId}-01`,
      tracestate: 'vendor=1',
      baggage: 'user=ada,plan=%7Efree',
    });
  });

  test.each(['streamable-http', 'sse'] as const)(
    'passes the context on to a server over %s in headers and in _meta, not what is forwarded (TRACE-05)',
    async (kind) => {
      const collector = await receiver();
      const remote = await createRemoteServer(kind);
      onTestFinished(async () => await remote.stop());
      const folder = mkdtempSync(join(tmpdir(), 'mcpo-trace-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const file = join(folder, 'servers.json');
      const forwarding = { enabled: true, whitelist: ['traceparent', 'x-*'] };
      const far = { type: kind, url: remote.url, client_header_forwarding: forwarding };
      writeFileSync(file, JSON.stringify({ mcpServers: { far } }));
      const running = await start(undefined, exportTo(collector), ['--config', file]);
      const headers = { traceparent, 'x-user': 'ada' };
      expect((await call(running, '/far/echo', { n: 1 }, headers)).status).toBe(200);
      const client = (await spansOf(collector, 2)).find(({ kind: of }) => of === 3);
      const own = `00-${traceId}-${client?.spanId}-01`;
      const seen = remote.seen.find(({ body }) => body.includes('tools/call'));
      expect(seen?.headers).toMatchObject({ traceparent: own, 'x-user': 'ada' });
      expect(remote.messages('tools/call')[0]?.params).toMatchObject({ _meta: { traceparent: own } });
      expect(client?.attributes).toMatchObject({
        'network.transport': 'tcp',
        'server.address': '127.0.0.1',
        'server.port': remote.port,
      });
    },
  );

  test('says how each went wrong: refused, failed tool, JSON-RPC error, timeout, lost (TRACE-06)', async () => {
    const collector = await receiver();
    const running = await start(scripted, exportTo(collector), ['--call-timeout', '300ms']);
    const outcomes = [
      { path: '/echo', body: 'text', code: 'invalid_arguments', spans: 1, type: undefined },
      { path: '/no_such_tool', body: {}, code: 'not_found', spans: 1, type: undefined },
      {
        path: '/error',
        body: { code: -32000, message: 'error-secret' },
        code: 'upstream_error',
        type: '-32000',
      },
      { path: '/never', body: {}, code: 'upstream_timeout', type: 'timeout' },
      { path: '/exit', body: { code: 3 }, code: 'upstream_unavailable', type: 'lost' },
    ];
    let expected = 0;
    for (const { path, body, code, spans = 2, type } of outcomes) {
      const from = expected;
      expected += spans;
      const { status } = await call(running, path, body);
      const seen = (await spansOf(collector, expected)).slice(from);
      const [server, client] = [2, 3].map((kind) => seen.find((span) => span.kind === kind));
      expect(server?.attributes).toMatchObject({
        'mcpo.error.code': code,
        'http.response.status_code': status,
      });
      // What the caller did wrong is no error of ours (HTTP conventions, "Status").
      expect([path, server?.status.code ?? 0]).toEqual([path, status >= 500 ? 2 : 0]);
      expect([path, client?.attributes['error.type'], client?.status.code]).toEqual([
        path,
        type,
        type === undefined ? undefined : 2,
      ]);
    }
    expect(JSON.stringify(collector.exports)).not.toContain('error-secret');
  });

  test('tells a tool’s own failure from an answer (TRACE-06)', async () => {
    const collector = await receiver();
    const running = await start(undefined, exportTo(collector));
    expect((await call(running, '/get_current_time', { timezone: 'No/Where' })).status).toBe(424);
    const spans = await spansOf(collector, 2);
    const [server, client] = [2, 3].map((kind) => spans.find((span) => span.kind === kind));
    expect(client).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': 'tool_error' } });
    expect(server).toMatchObject({ attributes: { 'mcpo.error.code': 'tool_error' } });
    expect(JSON.stringify(spans)).not.toContain('No/Where');
  });

  test('gives each request that a repeatable call is sent as a span (TRACE-04)', async () => {
    const collector = await receiver();
    const remote = await createRemoteServer('streamable-http');
    onTestFinished(async () => await remote.stop());
    const running = await start([remote.url], exportTo(collector), ['--type', 'streamable-http']);
    // The session is gone: the server answers 404, and the call goes out again over a new one.
    remote.sessions.clear();
    expect((await call(running, '/echo', { n: 1 })).status).toBe(200);
    const clients = (await spansOf(collector, 3)).filter(({ kind }) => kind === 3);
    expect(clients.map(({ attributes }) => [attributes['mcpo.attempt'], attributes['error.type']])).toEqual([
      [1, 'not_ready'],
      [2, undefined],
    ]);
    expect(new Set(clients.map(({ parentSpanId }) => parentSpanId)).size).toBe(1);
  });

  test('follows calls to replicas and to the sessions of users, one span each (TRACE-04, TRACE-05)', async () => {
    const collector = await receiver();
    const folder = mkdtempSync(join(tmpdir(), 'mcpo-trace-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'servers.json');
    const [command, ...args] = personal;
    const mcpServers = {
      many: { command, args, replicas: 2 },
      own: { command, args, session: { key: 'header:x-user' } },
    };
    writeFileSync(file, JSON.stringify({ mcpServers }));
    const running = await start(undefined, exportTo(collector), ['--config', file]);
    let expected = 0;
    for (const server of ['many', 'own']) {
      const headers = { traceparent, 'x-user': 'user-secret' };
      const answer = await call(running, `/${server}/whoami`, {}, headers);
      expect([server, answer.status]).toEqual([server, 200]);
      const told = (answer.json() as { meta: Record<string, string> }).meta['traceparent'];
      const seen = (await spansOf(collector, expected + 2)).slice(expected);
      expected += 2;
      const client = seen.find(({ kind }) => kind === 3);
      expect(client?.attributes).toMatchObject({ 'mcpo.server': server, 'mcpo.attempt': 1 });
      expect(told).toBe(`00-${traceId}-${client?.spanId}-01`);
    }
    expect(collector.spans()).toHaveLength(4);
    expect(JSON.stringify(collector.exports)).not.toContain('user-secret');
  });

  test('samples as it is told, and passes the context on all the same (TRACE-02, TRACE-05)', async () => {
    const collector = await receiver();
    const env = { ...exportTo(collector), OTEL_TRACES_SAMPLER: 'always_off' };
    const running = await start(personal, env);
    const { meta } = (await call(running, '/whoami', {}, { traceparent })).json() as {
      meta: Record<string, string>;
    };
    expect(meta['traceparent']).toMatch(new RegExp(`^00-${traceId}-[\\da-f]{16}-00$`));
    await running.stop();
    expect(collector.exports).toEqual([]);
  });

  test('exports protobuf unless told otherwise, and what is left when it ends (TRACE-02, TRACE-07)', async () => {
    const collector = await receiver();
    const running = await start(scripted, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/spans` });
    expect((await call(running, '/echo', {})).status).toBe(200);
    expect(collector.exports).toEqual([]);
    running.signal('SIGTERM');
    expect(await running.exited()).toEqual({ code: 0, signal: null });
    expect(collector.exports).toHaveLength(1);
    const [{ path, headers, body } = expect.unreachable()] = collector.exports;
    expect([path, headers['content-type']]).toEqual(['/spans', 'application/x-protobuf']);
    expect(body).toContain('tools/call echo');
  });

  test('answers and ends as ever while exports hang or fail; what is lost is counted and logged once (TRACE-07)', async () => {
    const collector = await receiver();
    collector.answer = 'never';
    const env = { ...exportTo(collector), OTEL_BSP_MAX_QUEUE_SIZE: '4' };
    const running = await start(scripted, env, ['--shutdown-timeout', '1s']);
    for (let index = 0; index < 30; index += 1) {
      expect((await call(running, '/echo', {})).status).toBe(200);
    }
    const metrics = (await send(running.port, '/metrics', { method: 'GET' })).text;
    expect(Number(/^mcpo_trace_spans_lost_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(40);
    running.signal('SIGTERM');
    expect(await running.exited()).toEqual({ code: 0, signal: null });
    const lines = running.logs().filter(({ msg }) => msg.includes('spans'));
    expect(lines.map(({ msg }) => msg)).toEqual([
      'spans are being lost; calls are not affected',
      'spans were lost',
    ]);
    expect(lines[1]).toMatchObject({ lost: 60 });
  });

  test('has no spans for probes, and one for a page (TRACE-03)', async () => {
    const collector = await receiver();
    const running = await start(scripted, exportTo(collector));
    for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json']) {
      expect((await send(running.port, path, { method: 'GET' })).status).toBe(200);
    }
    const spans = await spansOf(collector, 1);
    await running.stop();
    expect(collector.spans()).toHaveLength(1);
    expect(spans[0]).toMatchObject({ name: 'GET', attributes: { 'url.path': '/openapi.json' } });
  });
});

describe.skipIf(!isBuilt)('without one, mcpo-serve', () => {
  test.each([
    {},
    { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
    { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
  ])('traces nothing, and tells servers of no trace: %j (TRACE-01)', async (env) => {
    const running = await start(personal, env);
    const answer = await call(running, '/whoami', {}, { traceparent });
    expect(answer.json()).toMatchObject({ meta: null });
    expect(await callLine(running)).not.toHaveProperty('trace_id');
  });
});

test.skipIf(!isBuilt)(
  'what OTEL_… variables ask for in vain ends the start with 2 and a way out (TRACE-02)',
  () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
    const { code, stderr, stdout } = runServe([], { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      "mcpo-serve: OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' cannot be had; set http/protobuf, or http/json; collectors take both, usually at port 4318\n",
    );
  },
);
