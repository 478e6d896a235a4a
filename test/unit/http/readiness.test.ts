import type { FastifyInstance } from 'fastify';
import { describe, expect, test } from 'vitest';
import type { UpstreamState } from '../../../src/upstream/upstream.ts';
import { createInMemoryUpstream, type InMemoryUpstream } from '../../fixtures/in-memory-upstream.ts';
import { createNamedGateway, echo } from '../../fixtures/test-gateway.ts';

const ready = { kind: 'ready' } as const;
const connecting = { kind: 'connecting' } as const;
const restarting = { kind: 'restarting', retryInMs: 1_500, reason: 'it exited with code 1' } as const;
const awaiting = { kind: 'awaiting_authorization', url: 'https://login.test/?state=s3cret' } as const;

async function readyz(app: FastifyInstance, headers: Record<string, string> = {}) {
  return await app.inject({ method: 'GET', url: '/readyz', headers });
}

async function gatewayOf(
  states: Readonly<Record<string, readonly [UpstreamState, boolean?]>>,
  apiKey?: string,
) {
  const servers = new Map(
    Object.entries(states).map(([name, [state, isRequired = false]]) => [
      name,
      { upstream: createInMemoryUpstream([echo], { name, state }), isRequired },
    ]),
  );
  return await createNamedGateway({}, { servers, ...(apiKey !== undefined && { apiKey }) });
}

describe('/readyz', () => {
  test.each([
    [200, 'ready', { a: [ready], b: [ready, true] }],
    [200, 'degraded', { a: [ready], b: [connecting] }],
    [200, 'degraded', { a: [ready, true], b: [restarting], c: [awaiting] }],
    [503, 'not_ready', { a: [ready], b: [restarting, true] }],
    [503, 'not_ready', { a: [connecting], b: [restarting] }],
    [503, 'not_ready', { a: [awaiting, true] }],
    [503, 'not_ready', { a: [{ kind: 'closed' }] }],
    [503, 'not_ready', {}],
  ] as const)('is %i %s for %j (HTTP-24)', async (status, word, states) => {
    const { app } = await gatewayOf(states);
    const response = await readyz(app);
    expect([response.statusCode, response.json<{ status: string }>().status]).toEqual([status, word]);
  });

  test('shows the state of each server (HTTP-25)', async () => {
    const { app } = await gatewayOf({ a: [ready, true], b: [restarting], c: [awaiting], d: [connecting] });
    const counts = { inFlight: 0, circuit: 'closed', restarts: 0 };
    expect((await readyz(app)).json<{ servers: object }>().servers).toEqual({
      a: { state: 'ready', required: true, tools: 1, ...counts },
      b: {
        state: 'restarting',
        reason: 'it exited with code 1',
        retryInMs: 1_500,
        required: false,
        tools: 1,
        ...counts,
      },
      c: {
        state: 'awaiting_authorization',
        authorizationUrl: awaiting.url,
        required: false,
        tools: 1,
        ...counts,
      },
      d: { state: 'connecting', required: false, tools: 0, ...counts },
    });
  });

  test('counts the sessions of users where each has one (HTTP-25)', async () => {
    const upstream: InMemoryUpstream = Object.defineProperty(
      createInMemoryUpstream([echo], { name: 'mail' }),
      'sessions',
      { value: 3 },
    );
    const { app } = await createNamedGateway({ mail: upstream });
    expect((await readyz(app)).json()).toMatchObject({ servers: { mail: { sessions: 3 } } });
  });

  test('shows where to let the gateway in only to those who may call (HTTP-25)', async () => {
    const { app } = await gatewayOf({ c: [awaiting] }, 'k');
    const open = await readyz(app);
    expect(open.json()).toMatchObject({ servers: { c: { state: 'awaiting_authorization' } } });
    expect(open.body).not.toContain('s3cret');
    expect((await readyz(app, { authorization: 'Bearer k' })).body).toContain('s3cret');
  });
});
