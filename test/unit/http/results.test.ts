import { describe, expect, test } from 'vitest';
import type { ScriptedAnswer, ScriptedTool } from '../../fixtures/in-memory-upstream.ts';
import { createTestGateway } from '../../fixtures/test-gateway.ts';

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x00, 0xff]);
const image = { type: 'image', data: png.toString('base64'), mimeType: 'image/png' };
const text = (value: string): object => ({ type: 'text', text: value });
const raw = (json: string): ScriptedAnswer => ({
  kind: 'result',
  resultJson: Buffer.from(json),
  upstreamMs: 1,
});

async function call(
  answer: ScriptedAnswer,
  options: {
    readonly accept?: string;
    readonly tool?: Partial<ScriptedTool>;
    readonly gateway?: Parameters<typeof createTestGateway>[1];
  } = {},
) {
  const tool: ScriptedTool = {
    name: 'tool',
    inputSchema: { type: 'object' },
    run: () => answer,
    ...options.tool,
  };
  const { app, logs } = await createTestGateway([tool], options.gateway);
  const headers = {
    'content-type': 'application/json',
    ...(options.accept !== undefined && { accept: options.accept }),
  };
  const response = await app.inject({ method: 'POST', url: '/tool', headers, payload: '{}' });
  return {
    response,
    status: response.statusCode,
    body: response.body,
    type: response.headers['content-type'],
    logs,
  };
}

describe('unwrapping', () => {
  test.each<[string, readonly object[], string]>([
    ['no content is an empty array (RES-02)', [], '[]'],
    [
      'JSON text is that JSON (RES-03)',
      [text('{"b":1,"a":[1.0,12345678901234567890]}')],
      '{"b":1,"a":[1.0,12345678901234567890]}',
    ],
    ['a number in a text is a number (RES-03)', [text('123')], '123'],
    ['JSON over several lines stays as it is (RES-03)', [text('{\n  "a": 1\n}\n')], '{\n  "a": 1\n}\n'],
    ['other text is a JSON string (RES-03)', [text('hello "you"\n')], '"hello \\"you\\"\\n"'],
    ['text that only begins like JSON is a string (RES-03)', [text('[not json')], '"[not json"'],
    ['NaN is a string (RES-03)', [text('NaN')], '"NaN"'],
    ['empty text is an empty string (RES-03)', [text('')], '""'],
    ['half a surrogate pair survives (RES-03)', [text('a\ud800')], '"a\\ud800"'],
    ['half a surrogate pair in JSON text survives (RES-03)', [text('"a\ud800"')], '"a\\ud800"'],
    ['several items are an array (RES-02)', [text('1'), text('x')], '[1,"x"]'],
    ['an image is a data URI (RES-04)', [image], `"data:image/png;base64,${image.data}"`],
    [
      'audio is a data URI (RES-04)',
      [{ type: 'audio', data: 'AA==', mimeType: 'audio/wav' }],
      '"data:audio/wav;base64,AA=="',
    ],
    [
      'an image without a type is bytes of no known type (RES-04)',
      [{ type: 'image', data: 'AA==' }],
      '"data:application/octet-stream;base64,AA=="',
    ],
    [
      'a resource is the whole block (RES-05)',
      [{ type: 'resource', resource: { uri: 'a:b', text: 'x' } }],
      '{"type":"resource","resource":{"uri":"a:b","text":"x"}}',
    ],
    [
      'an unknown type is the whole block (RES-05)',
      [{ type: 'hologram', x: 1 }],
      '{"type":"hologram","x":1}',
    ],
  ])('%s', async (_title, content, expected) => {
    const { status, body, type } = await call({ content });
    expect([status, type, body]).toEqual([200, 'application/json', expected]);
  });

  test('structured content is the body when there is no content, or an output schema (RES-01)', async () => {
    expect((await call(raw('{"structuredContent":{"a":12345678901234567890}}'))).body).toBe(
      '{"a":12345678901234567890}',
    );
    expect((await call(raw('{"content":[],"structuredContent":{"a":1}}'))).body).toBe('{"a":1}');
    expect(
      (await call(raw('{"content":[{"type":"text","text":"x"}],"structuredContent":{"a":1}}'))).body,
    ).toBe('"x"');
    const tool = { outputSchema: { type: 'object', properties: { a: { type: 'number' } } } };
    const structured = raw('{"content":[{"type":"text","text":"x"}],"structuredContent":{"a": 1.0 }}');
    expect((await call(structured, { tool })).body).toBe('{"a": 1.0 }');
  });

  test.each([
    ['nothing', '{}'],
    ['content that is no array', '{"content":"text"}'],
    ['a block without a type', '{"content":[{"text":"x"}]}'],
    ['a block that is no object', '{"content":["x"]}'],
    ['no object at all', '[]'],
    ['a block that is no JSON', '{"content":[{"type":"text","text":"\u0001"}]}'],
    ['null as content', '{"content":null}'],
  ])('%s is an invalid result (RES-06)', async (_what, json) => {
    const { status, body } = await call(raw(json));
    expect(status).toBe(502);
    expect(JSON.parse(body)).toMatchObject({ code: 'invalid_result' });
  });
});

describe('Accept', () => {
  test('the whole result is there for who asks (RES-07)', async () => {
    const json = '{"content":[{"type":"text","text":"x"}],"_meta":{"n":12345678901234567890}}';
    const whole = await call(raw(json), { accept: 'application/vnd.mcp.result+json' });
    expect([whole.status, whole.type, whole.body]).toEqual([200, 'application/vnd.mcp.result+json', json]);
    const failed = await call(
      { content: [text('no')], isError: true },
      { accept: 'application/vnd.mcp.result+json' },
    );
    expect([failed.status, failed.type]).toEqual([424, 'application/vnd.mcp.result+json']);
  });

  test.each([
    ['image/png', true],
    ['image/*', true],
    ['image/png, */*;q=0.1', true],
    ['IMAGE/PNG', true],
    ['application/json;q=0.5, image/png', true],
    ['application/json, image/png;q=0.5', false],
    ['*/*', false],
    ['image/jpeg', false],
    ['image/png;q=0', false],
    ['text/html', false],
  ])('%s for an image: bytes %s (RES-08)', async (accept, isBytes) => {
    const { response, status, type } = await call({ content: [image] }, { accept });
    expect(status).toBe(200);
    expect(type).toBe(isBytes ? 'image/png' : 'application/json');
    expect(response.rawPayload.equals(png)).toBe(isBytes);
    expect(response.headers.vary).toBe('accept');
  });

  test('a resource with a blob counts as binary, several blocks do not (RES-08)', async () => {
    const blob = {
      type: 'resource',
      resource: { uri: 'a:b', mimeType: 'application/pdf', blob: 'JVBERg==' },
    };
    const one = await call({ content: [blob] }, { accept: 'application/pdf' });
    expect([one.type, one.body]).toEqual(['application/pdf', '%PDF']);
    expect(one.response.headers['content-security-policy']).toContain('sandbox');
    const two = await call({ content: [blob, blob] }, { accept: 'application/pdf' });
    expect(two.type).toBe('application/json');
  });

  test('a media type cannot smuggle a header (RES-04)', async () => {
    const { body } = await call({ content: [{ ...image, mimeType: 'image/png\r\nset-cookie: a=b' }] });
    expect(body).toContain('data:application/octet-stream;base64,');
  });
});

describe('event streams', () => {
  const accept = 'text/event-stream';

  test('progress comes before the result, whose data is the plain body (RES-09)', async () => {
    const tool: Partial<ScriptedTool> = {
      run: (_args, { onProgress }) => {
        onProgress?.({ progress: 1, total: 2, message: 'half' });
        onProgress?.({ progress: 2, total: 2 });
        return { content: [text('{\n"a": 1\r\n}')] };
      },
    };
    const { status, type, body } = await call({ content: [] }, { accept, tool });
    expect([status, type]).toEqual([200, 'text/event-stream']);
    expect(body).toBe(
      'event: progress\ndata: {"progress":1,"total":2,"message":"half"}\n\n' +
        'event: progress\ndata: {"progress":2,"total":2}\n\n' +
        'event: result\ndata: {\ndata: "a": 1\ndata: }\n\n',
    );
  });

  test('what fails before the first event answers plainly, later it is an event (RES-09)', async () => {
    const early = await call({ content: [text('no')], isError: true }, { accept });
    expect([early.status, early.type]).toEqual([424, 'application/problem+json']);
    const tool: Partial<ScriptedTool> = {
      run: (_args, { onProgress }) => {
        onProgress?.({ progress: 1 });
        return { content: [text('no')], isError: true };
      },
    };
    const late = await call({ content: [] }, { accept, tool });
    expect(late.status).toBe(200);
    expect(late.body).toMatch(
      /event: error\ndata: \{"type":"urn:mcpo-toolkit:problem:tool_error".*"status":424/,
    );
  });
});

describe('failures', () => {
  test('a tool’s own failure keeps its text and its blocks (ERR-03)', async () => {
    const { status, body } = await call({ content: [text('disk full'), image], isError: true });
    expect(status).toBe(424);
    expect(JSON.parse(body)).toMatchObject({
      code: 'tool_error',
      detail: 'disk full\n[image]',
      content: [text('disk full'), image],
    });
  });

  test('the status of a tool’s failure can be chosen (ERR-03)', async () => {
    const { status, body } = await call(
      { content: [], isError: true },
      { gateway: { toolErrorStatus: 500 } },
    );
    expect([status, (JSON.parse(body) as { status: number }).status]).toEqual([500, 500]);
  });

  test.each<[string, ScriptedAnswer, number, object]>([
    [
      '-32602 (ERR-04)',
      { kind: 'error', code: -32602, message: 'bad zone', data: { a: 1 } },
      422,
      { code: 'rejected_arguments', detail: 'bad zone', data: { a: 1 } },
    ],
    [
      'another JSON-RPC error (ERR-05)',
      { kind: 'error', code: -32603, message: 'boom' },
      502,
      { code: 'upstream_error', upstreamCode: -32603, detail: 'boom' },
    ],
    [
      'a lost connection (ERR-06)',
      { kind: 'lost', reason: 'the server exited' },
      502,
      { code: 'upstream_unavailable' },
    ],
    [
      'a server that is restarting (ERR-07)',
      { kind: 'not_ready', retryAfterMs: 1_500, reason: 'restarting' },
      503,
      { code: 'upstream_not_ready' },
    ],
    [
      'a server that keeps dying (ERR-07, REPL-07)',
      {
        kind: 'not_ready',
        retryAfterMs: 1_500,
        reason: '',
        failures: { inARow: 5, death: 'the server exited with code 1' },
      },
      503,
      {
        code: 'upstream_not_ready',
        detail:
          'The server of tool keeps dying (5 failures in a row; the last time it exited with code 1); nothing was sent, and calls are refused until it answers pings.',
      },
    ],
    [
      'a server that does not come up (ERR-07, REPL-07)',
      { kind: 'not_ready', retryAfterMs: 1_500, reason: '/bin/secret: ENOENT', failures: { inARow: 7 } },
      503,
      {
        detail:
          'The server of tool does not come up (7 failures in a row); nothing was sent, and calls are refused until it answers pings.',
      },
    ],
    ['a full queue (ERR-07)', { kind: 'overloaded', retryAfterMs: 10 }, 503, { code: 'overloaded' }],
    [
      'a deadline passed in the queue (ERR-07, FLOW-10)',
      { kind: 'overloaded', retryAfterMs: 10, after: 'waiting' },
      503,
      {
        code: 'overloaded',
        detail: 'tool waited 5 s for its turn behind other calls; nothing was sent, retry later.',
      },
    ],
    ['a deadline passed (ERR-08)', { kind: 'timeout' }, 504, { code: 'upstream_timeout' }],
    [
      'an oversized message (ERR-09)',
      { kind: 'too_large', limitBytes: 1_000 },
      502,
      { code: 'result_too_large' },
    ],
  ])('%s', async (_title, answer, status, problem) => {
    const result = await call(answer);
    expect(result.status).toBe(status);
    expect(result.type).toBe('application/problem+json');
    expect(JSON.parse(result.body)).toMatchObject({ ...problem, status });
    expect(result.response.headers['retry-after']).toBe(
      status === 503 ? (result.body.includes('overloaded') ? '1' : '2') : undefined,
    );
    expect(result.logs.join('')).toContain(`"status":${status}`);
  });

  test('an error whose data is nested without end is told without it (ERR-05)', async () => {
    const data: unknown = JSON.parse('['.repeat(300_000) + ']'.repeat(300_000));
    const { app } = await createTestGateway([
      { name: 'deep', run: () => ({ kind: 'error', code: -1, message: 'no', data }) },
      { name: 'plain', run: () => ({ kind: 'error', code: -1, message: 'no', data: { a: 1 } }) },
    ]);
    const deep = await app.inject({ method: 'POST', url: '/deep' });
    expect([deep.statusCode, deep.json()]).toMatchObject([502, { code: 'upstream_error', upstreamCode: -1 }]);
    const plain = await app.inject({ method: 'POST', url: '/plain' });
    expect([plain.statusCode, plain.json()]).toMatchObject([502, { upstreamCode: -1, data: { a: 1 } }]);
  });

  test('-32602 for a tool that a fresh listing no longer holds is 404 (ERR-04)', async () => {
    const { app, upstream } = await createTestGateway([
      { name: 'tool', run: () => ({ kind: 'error', code: -32602, message: 'gone' }) },
    ]);
    const refresh = upstream.refresh.bind(upstream);
    upstream.refresh = async () => {
      upstream.setTools([]);
      await refresh();
    };
    const response = await app.inject({ method: 'POST', url: '/tool' });
    expect([response.statusCode, upstream.refreshes]).toEqual([404, 1]);
  });

  test('a defect of ours leaves only the request id (ERR-01)', async () => {
    const { app, gateway, logs } = await createTestGateway([{ name: 'tool' }]);
    gateway.call = () => Promise.reject(new Error('secret /internal/path'));
    const response = await app.inject({ method: 'POST', url: '/tool' });
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({
      code: 'internal_error',
      requestId: response.headers['x-request-id'],
    });
    expect(response.body).not.toMatch(/secret|internal\/path|at /);
    expect(logs.join('')).toContain('secret /internal/path');
  });
});

describe('results against their output schema (RES-11)', () => {
  const tool = { outputSchema: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] } };
  const bad = raw('{"content":[],"structuredContent":{"a":"resultsecret"}}');

  test('warn passes the result on and logs', async () => {
    const { status, body, logs } = await call(bad, { tool });
    expect([status, body]).toEqual([200, '{"a":"resultsecret"}']);
    expect(logs.join('')).toContain('result violates the output schema');
    expect(logs.join('')).not.toContain('resultsecret');
  });

  test('enforce answers 502, also when structured content is missing', async () => {
    const gateway = { validateResponses: 'enforce' } as const;
    const wrong = await call(bad, { tool, gateway });
    expect([wrong.status, JSON.parse(wrong.body)]).toMatchObject([
      502,
      { code: 'invalid_result', violations: [{ pointer: '/a' }] },
    ]);
    const missing = await call({ content: [text('{"a":1}')] }, { tool, gateway });
    expect(missing.status).toBe(502);
    const good = await call(raw('{"content":[],"structuredContent":{"a":1}}'), { tool, gateway });
    expect(good.status).toBe(200);
  });

  test('off does not look', async () => {
    const { status, logs } = await call(bad, { tool, gateway: { validateResponses: 'off' } });
    expect(status).toBe(200);
    expect(logs.join('')).not.toContain('violates');
  });
});
