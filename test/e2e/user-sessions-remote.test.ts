import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { defaultSettings } from '../../src/config/settings.ts';
import { serve, type RunningGateway } from '../../src/serve/serve.ts';
import { callTool } from '../fixtures/http-client.ts';
import { createRemoteServer, type RemoteServer } from '../fixtures/remote-server.ts';

let server: RemoteServer | undefined;
let gateway: RunningGateway | undefined;

afterEach(async () => {
  await gateway?.close();
  await server?.stop();
});

test.each(['streamable-http', 'sse'] as const)(
  'each user has a session with the server over %s, under headers of their own (SESS-01)',
  async (type) => {
    server = await createRemoteServer(type);
    const { url } = server;
    gateway = await serve(
      {
        ...defaultSettings,
        port: 0,
        servers: [
          {
            type,
            name: 'personal',
            url,
            headers: { 'x-token': 'of ${header:x-user-id:-nobody}' },
            session: { key: { kind: 'header', name: 'x-user-id' }, max: 5, idleTimeoutMs: 60_000 },
          },
        ],
      },
      { logger: pino({ level: 'silent' }) },
    );
    const port = Number(new URL(gateway.url).port);
    const users = ['ann', 'bob', 'ann', 'bob', 'ann'];
    const answers = await Promise.all(
      users.map(async (user) => await callTool(port, 'echo', { user }, { headers: { 'x-user-id': user } })),
    );
    expect(answers.map((answer) => answer.json())).toEqual(users.map((user) => ({ user })));
    expect((await callTool(port, 'echo', {})).json()).toMatchObject({ code: 'session_key_required' });
    const posts = server.seen.filter(({ method }) => method === 'POST');
    const tokensOf = (rpc: string): string[] =>
      posts.filter(({ body }) => body.includes(`"${rpc}"`)).map(({ headers }) => String(headers['x-token']));
    expect(tokensOf('initialize').toSorted()).toEqual(['of ann', 'of bob', 'of nobody']);
    for (const { headers, body } of posts.filter((post) => post.body.includes('"tools/call"'))) {
      expect(body).toContain(`"user":"${String(headers['x-token']).slice(3)}"`);
    }
  },
);
