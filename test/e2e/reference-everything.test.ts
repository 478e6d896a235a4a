import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import {
  callTool,
  parseEvents,
  send,
  type HttpAnswer,
  type HttpRequestOptions,
} from '../fixtures/http-client.ts';
import { commandOf } from './reference-server.ts';

describe.skipIf(!isBuilt)('@modelcontextprotocol/server-everything', () => {
  let gateway: GatewayProcess;
  const call = async (tool: string, args: unknown = {}, options?: HttpRequestOptions): Promise<HttpAnswer> =>
    await callTool(gateway.port, tool, args, options);

  beforeAll(async () => {
    gateway = await startGateway(commandOf('server-everything'));
  });

  afterAll(async () => await gateway.stop());

  test('is documented with all of its tools', async () => {
    const document = (await send(gateway.port, '/openapi.json', { method: 'GET' })).json();
    const { paths } = document as { readonly paths: Readonly<Record<string, object>> };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/echo', '/get-sum', '/get-tiny-image', '/get-structured-content']),
    );
    expect(Object.keys(paths)).toHaveLength(gateway.ready.tools);
  });

  test('a text is a JSON string (RES-03)', async () => {
    const message = 'hé "quoted" 🔑 \n';
    expect((await call('echo', { message })).json()).toBe(`Echo: ${message}`);
    expect((await call('get-sum', { a: 2, b: 40 })).json()).toBe('The sum of 2 and 40 is 42.');
  });

  test('several blocks are an array, an image among them a data URI (RES-02, RES-04)', async () => {
    const items = (await call('get-tiny-image')).json() as readonly string[];
    expect(items).toHaveLength(3);
    const image = items.find((item) => item.startsWith('data:image/png;base64,')) ?? '';
    const bytes = Buffer.from(image.slice(image.indexOf(',') + 1), 'base64');
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  });

  test('the whole result is there for who asks, annotations and all (RES-07)', async () => {
    const accept = 'application/vnd.mcp.result+json';
    const args = { messageType: 'error', includeImage: true };
    const answer = await call('get-annotated-message', args, { headers: { accept } });
    expect(answer.headers['content-type']).toBe(accept);
    expect(answer.json()).toMatchObject({
      content: [
        { type: 'text', annotations: { priority: 1 } },
        { type: 'image', mimeType: 'image/png' },
      ],
    });
  });

  test('embedded resources and links are their blocks (RES-05)', async () => {
    for (const [resourceType, key] of [
      ['Text', 'text'],
      ['Blob', 'blob'],
    ] as const) {
      const items = (await call('get-resource-reference', { resourceType, resourceId: 1 })).json();
      expect(items).toContainEqual({
        type: 'resource',
        resource: expect.objectContaining({ mimeType: 'text/plain', [key]: expect.any(String) }),
      });
    }
    const links = (await call('get-resource-links', { count: 3 })).json() as ReadonlyArray<{ type?: string }>;
    expect(links.filter(({ type }) => type === 'resource_link')).toHaveLength(3);
  });

  test('a resource that is the only block can be had as its bytes (RES-08)', async () => {
    const args = { data: 'data:text/plain,hello', name: 'hello.gz', outputType: 'resource' };
    const block = await call('gzip-file-as-resource', args);
    expect(block.json()).toMatchObject({ type: 'resource', resource: { mimeType: 'application/gzip' } });
    const bytes = await call('gzip-file-as-resource', args, { headers: { accept: 'application/gzip' } });
    expect(bytes.headers['content-type']).toBe('application/gzip');
    expect([...bytes.bytes.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
  });

  test('structured content is the body where there is an output schema (RES-01)', async () => {
    expect((await call('get-structured-content', { location: 'Chicago' })).json()).toEqual({
      temperature: expect.any(Number),
      conditions: expect.any(String),
      humidity: expect.any(Number),
    });
  });

  test('what the tool refuses is 424 with its words, what the contract refuses is 422 (ERR-03, HTTP-07)', async () => {
    const refused = await call('get-resource-reference', { resourceType: 'Text', resourceId: -1 });
    expect([refused.status, refused.json()]).toMatchObject([
      424,
      {
        code: 'tool_error',
        detail: expect.stringContaining('Invalid resourceId'),
        content: [{ type: 'text' }],
      },
    ]);
    const wrong = await call('get-sum', { a: 'two' });
    expect([wrong.status, wrong.json()]).toMatchObject([
      422,
      {
        code: 'invalid_arguments',
        violations: expect.arrayContaining([
          expect.objectContaining({ pointer: '/a', keyword: 'type' }),
          expect.objectContaining({ pointer: '', keyword: 'required', missing: 'b' }),
        ]),
      },
    ]);
  });

  test('a long operation streams its progress as it comes, then its result (RES-09)', async () => {
    const times: number[] = [];
    const args = { duration: 1, steps: 4 };
    const answer = await call('trigger-long-running-operation', args, {
      headers: { accept: 'text/event-stream' },
      onChunk: () => times.push(performance.now()),
    });
    expect(answer.headers['content-type']).toBe('text/event-stream');
    const events = parseEvents(answer.text);
    expect(events.map(({ event }) => event)).toEqual([
      'progress',
      'progress',
      'progress',
      'progress',
      'result',
    ]);
    expect(events[0]?.data).toEqual({ progress: 1, total: 4 });
    expect(events.at(-1)?.data).toMatch(/^Long running operation completed/);
    // The first came long before the last: nothing was held back.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(400);
  });

  test('the same operation without a stream is a plain answer', async () => {
    const answer = await call('trigger-long-running-operation', { duration: 0.1, steps: 2 });
    expect(answer.json()).toMatch(/^Long running operation completed/);
  });

  test('the child saw none of our environment but the allow-list', async () => {
    const text = (await call('get-env')).text;
    const env = JSON.parse(text) as Record<string, string>;
    expect(env).toHaveProperty('PATH');
    expect(Object.keys(env).filter((name) => /^(?:MCPO_|VITEST|NODE_ENV|npm_)/.test(name))).toEqual([]);
  });
});
