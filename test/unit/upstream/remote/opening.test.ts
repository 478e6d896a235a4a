import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { describe, expect, test } from 'vitest';
import { UpstreamStartError } from '../../../../src/errors.ts';
import type { Authorization } from '../../../../src/upstream/oauth/authorization.ts';
import { createRemoteUpstream } from '../../../../src/upstream/remote/remote-upstream.ts';
import { createRemoteServer, type RemoteServer } from '../../../fixtures/remote-server.ts';
import { createRemote } from '../../../fixtures/remote-upstream.ts';
import { createRecordingLogger } from '../../../fixtures/recording-logger.ts';
import { until } from '../../../fixtures/scripted-upstream.ts';

const kinds = ['streamable-http', 'sse'] as const;

describe.each(kinds)('opening a session over %s', (kind) => {
  test('finds out by itself which transport the server has (UP-01)', async () => {
    const remote = await createRemote(kind, { type: 'auto' });
    await remote.upstream.start();
    expect(remote.upstream.catalog).toMatchObject({
      serverInfo: { name: 'scripted', version: '1' },
      tools: [{ name: 'echo' }],
    });
    await expect(remote.call('echo')).resolves.toMatchObject({ kind: 'result' });
    const [first] = remote.server.seen;
    expect(first?.method).toBe('POST');
    await remote.close();
  });

  test('requests the URL as it is written, with the headers given (UP-01)', async () => {
    const remote = await createRemote(kind);
    const { server, logger } = remote;
    for (const path of ['/mcp', '/mcp/', '/a%20b/mcp?key=1&x=%2F', '']) {
      const from = server.seen.length;
      const upstream = createRemoteUpstream({
        name: 'written',
        type: kind,
        url: `http://127.0.0.1:${server.port}${path}`,
        headers: { Authorization: 'Bearer secret', 'X-Extra': '1' },
        clientInfo: { name: 'test', version: '0' },
        logger,
      });
      await upstream.start();
      await upstream.callTool({ tool: 'echo', argumentsJson: '{}', timeoutMs: 5000 });
      await upstream.close(1000);
      const seen = server.seen.slice(from);
      const urls = seen.filter(({ url }) => !url.startsWith('/messages')).map(({ url }) => url);
      expect([...new Set(urls)]).toStrictEqual([path === '' ? '/' : path]);
      for (const { headers } of seen) {
        expect(headers).toMatchObject({ authorization: 'Bearer secret', 'x-extra': '1' });
      }
    }
    expect(JSON.stringify(logger.lines)).not.toContain('secret');
    await remote.close();
  });

  test('says what is missing when the server wants credentials (UP-13)', async () => {
    const remote = await createRemote(kind, { type: 'auto' });
    remote.server.intercept = (_seen, response) => {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
      return true;
    };
    const started = remote.upstream.start();
    await expect(started).rejects.toBeInstanceOf(UpstreamStartError);
    await expect(started).rejects.toThrow(
      `${remote.server.url} answers 401 (unauthorized): it needs credentials; set its "headers" or "oauth"`,
    );
    await remote.close();
  });

  test.each([
    ['never answers', undefined, /^no answer within 0.3 s from http:\/\/127.0.0.1:\d+\/mcp$/],
    ['is down behind a proxy', 502, /^http:\/\/127.0.0.1:\d+\/mcp answers with HTTP 502: /],
  ])('fails in words when the server %s (UP-13)', async (_, status, words) => {
    const remote = await createRemote(kind, { startTimeoutMs: 300 });
    remote.server.intercept = (_seen, response) => {
      if (status !== undefined) response.writeHead(status).end('<html>secret</html>');
      return true;
    };
    await expect(remote.upstream.start()).rejects.toThrow(words);
    await remote.close();
  });

  test('fails in words when nobody listens, and is tried again when asked to (UP-13)', async () => {
    const remote = await createRemote(kind);
    const { server, upstream } = remote;
    await server.stop();
    await upstream.start('retry');
    expect(upstream.state).toMatchObject({
      kind: 'restarting',
      reason: expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:\d+\/mcp: .*the connection was refused \(ECONNREFUSED\)/,
      ),
    });
    await server.start();
    await until(() => upstream.state.kind === 'ready');
    await remote.close();
  });

  test('ends at once when it is closed meanwhile', async () => {
    const remote = await createRemote(kind);
    remote.server.intercept = () => true;
    const started = remote.upstream.start();
    await until(() => remote.server.seen.length > 0);
    const startedAt = performance.now();
    const closed = remote.upstream.close(1000);
    await expect(started).rejects.toThrow('closed while it was connecting');
    await closed;
    expect(performance.now() - startedAt).toBeLessThan(500);
    await remote.server.stop();
  });

  test('lets a person agree, however long that takes, and connects with what they gave (UP-14)', async () => {
    const server = await createRemoteServer(kind);
    const authorization = createConsent();
    const upstream = createAuthorized(server, authorization, 300);
    demandToken(server, 'good');
    await upstream.start('retry');
    expect(upstream.state).toStrictEqual({ kind: 'awaiting_authorization', url: 'http://consent.example/' });
    await expect(
      upstream.callTool({ tool: 'echo', argumentsJson: '{}', timeoutMs: 1000 }),
    ).resolves.toMatchObject({ kind: 'not_ready' });
    // Longer than the start may take.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(upstream.state.kind).toBe('awaiting_authorization');
    authorization.agree('good');
    await until(() => upstream.state.kind === 'ready');
    await expect(
      upstream.callTool({ tool: 'echo', argumentsJson: '{}', timeoutMs: 1000 }),
    ).resolves.toMatchObject({ kind: 'result' });
    expect(server.seen.at(-1)?.headers['authorization']).toBe('Bearer good');
    await upstream.close(1000);
    await server.stop();
  });

  test('asks a person once, not again, when the server refuses what they gave (UP-14)', async () => {
    const server = await createRemoteServer(kind);
    const authorization = createConsent();
    const upstream = createAuthorized(server, authorization, 5000);
    demandToken(server, 'good');
    const started = upstream.start();
    await until(() => upstream.state.kind === 'awaiting_authorization');
    authorization.agree('bad');
    await expect(started).rejects.toThrow('does not accept the authorization');
    expect(authorization.asked).toBe(1);
    await upstream.close(1000);
    await server.stop();
  });

  test('a token that is refused in mid-session is renewed with the session, without a failed call (UP-14)', async () => {
    const server = await createRemoteServer(kind);
    const authorization = createConsent();
    authorization.agree('good');
    const upstream = createAuthorized(server, authorization, 5000);
    demandToken(server, 'good');
    await upstream.start();
    expect(authorization.asked).toBe(0);
    demandToken(server, 'renewed', () => authorization.renewWith('renewed'));
    await expect(
      upstream.callTool({ tool: 'echo', argumentsJson: '{}', timeoutMs: 5000 }),
    ).resolves.toMatchObject({ kind: 'result' });
    expect(upstream.restarts).toBe(1);
    expect(server.seen.at(-1)?.headers['authorization']).toBe('Bearer renewed');
    await upstream.close(1000);
    await server.stop();
  });
});

test.each([400, 404, 405])(
  'HTTP+SSE is tried when initialize is answered with %i (UP-01)',
  async (status) => {
    const remote = await createRemote('sse', { type: 'auto' });
    remote.server.intercept = (seen, response) => {
      if (seen.method !== 'POST' || seen.url !== '/mcp') return false;
      response.writeHead(status).end();
      return true;
    };
    await remote.upstream.start();
    await expect(remote.call('echo')).resolves.toMatchObject({ kind: 'result' });
    await remote.close();
  },
);

test.each([401, 403, 500, 502, 503])('HTTP+SSE is not tried after a %i (UP-01)', async (status) => {
  const remote = await createRemote('sse', { type: 'auto' });
  remote.server.intercept = (seen, response) => {
    if (seen.method === 'POST') response.writeHead(status).end();
    return seen.method === 'POST';
  };
  await expect(remote.upstream.start()).rejects.toThrow(String(status));
  expect(remote.server.seen.map(({ method }) => method)).toStrictEqual(['POST']);
  await remote.close();
});

test('tools come from all pages of the list', async () => {
  const remote = await createRemote('streamable-http');
  remote.server.intercept = (seen, response) => {
    if (!seen.body.includes('"tools/list"')) return false;
    // What the SDK's client sends.
    const { id, params } = JSON.parse(seen.body) as { id: number; params?: { cursor?: string } };
    const page = Number(params?.cursor ?? 0);
    const tools = [{ name: `tool_${page}`, inputSchema: { type: 'object' } }];
    const result = { tools, ...(page < 2 && { nextCursor: String(page + 1) }) };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    return true;
  };
  await remote.upstream.start();
  const names = remote.upstream.catalog?.tools.map(({ name }) => name);
  expect(names).toStrictEqual(['tool_0', 'tool_1', 'tool_2']);
  await remote.close();
});

test('neither transport: both reasons are told (UP-01)', async () => {
  const remote = await createRemote('streamable-http', { type: 'auto' });
  remote.server.intercept = (seen, response) => {
    response.writeHead(seen.method === 'GET' ? 403 : 404).end();
    return true;
  };
  await expect(remote.upstream.start()).rejects.toThrow(
    /^neither streamable HTTP \(.*HTTP 404.*\) nor HTTP\+SSE \(.*HTTP 403.*\)$/,
  );
  await remote.close();
});

test('a redirect to a path beside is followed once for all calls (UP-01)', async () => {
  const remote = await createRemote('streamable-http');
  const { server } = remote;
  server.intercept = (seen, response) => {
    if (seen.url !== '/mcp') return false;
    response.writeHead(307, { location: '/mcp/' }).end();
    return true;
  };
  await remote.upstream.start();
  for (let index = 0; index < 3; index += 1) {
    await expect(remote.call('echo')).resolves.toMatchObject({ kind: 'result' });
  }
  const calls = server.seen.filter(({ body }) => body.includes('tools/call'));
  expect(calls.map(({ url }) => url)).toStrictEqual(['/mcp/', '/mcp/', '/mcp/']);
  await remote.close();
});

test('a URL of another scheme is refused', () => {
  expect(() =>
    createRemoteUpstream({
      name: 'files',
      type: 'auto',
      url: 'file:///etc/passwd',
      clientInfo: { name: 'test', version: '0' },
      logger: createRecordingLogger(),
    }),
  ).toThrow('files: the URL must begin with http:// or https://');
});

/** A person and an authorization server in one, without the protocol between them. */
interface Consent extends Authorization {
  readonly asked: number;
  agree(token: string): void;
  renewWith(token: string): void;
}

function createConsent(): Consent {
  let token: string | undefined;
  let asked = 0;
  let agreed: (() => void) | undefined;
  return {
    get asked() {
      return asked;
    },
    agree(given) {
      token = given;
      agreed?.();
    },
    renewWith(given) {
      token = given;
    },
    provider: {
      redirectUrl: undefined,
      clientMetadata: { redirect_uris: [] },
      tokens: () => (token === undefined ? undefined : { access_token: token, token_type: 'Bearer' }),
      clientInformation: refuse,
      saveTokens: refuse,
      redirectToAuthorization: refuse,
      saveCodeVerifier: refuse,
      codeVerifier: refuse,
    },
    authorize: async (_transport, onUrl) => {
      asked += 1;
      onUrl('http://consent.example/');
      await new Promise<void>((resolve) => {
        agreed = resolve;
      });
    },
  };
}

function createAuthorized(
  server: RemoteServer,
  authorization: Authorization,
  startTimeoutMs: number,
): ReturnType<typeof createRemoteUpstream> {
  return createRemoteUpstream({
    name: 'authorized',
    type: server.kind,
    url: server.url,
    authorization: () => Promise.resolve(authorization),
    startTimeoutMs,
    clientInfo: { name: 'test', version: '0' },
    logger: createRecordingLogger(),
    backoff: { minBackoffMs: 20 },
  });
}

/** The server knows nothing of authorization but its token. */
function demandToken(server: RemoteServer, token: string, onRefused?: () => void): void {
  server.intercept = (seen, response) => {
    if (!seen.url.startsWith('/.well-known/') && seen.headers['authorization'] === `Bearer ${token}`) {
      return false;
    }
    onRefused?.();
    response.writeHead(seen.url.startsWith('/.well-known/') ? 404 : 401).end();
    return true;
  };
}

function refuse(): never {
  throw new UnauthorizedError();
}
