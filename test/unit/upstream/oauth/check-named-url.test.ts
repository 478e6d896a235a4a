import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findNamedUrlFault } from '../../../../src/upstream/oauth/check-named-url.ts';
import { systemClock } from '../../../../src/upstream/clock.ts';
import type { MessageRouter } from '../../../../src/upstream/messages/message-router.ts';
import { HttpClient } from '../../../../src/upstream/remote/http-client.ts';
import { createLifecycleFetch } from '../../../../src/upstream/remote/lifecycle-fetch.ts';

const elsewhere = 'https://mcp.example/mcp';
const inside = 'http://mcp.internal:8000/mcp';
const here = 'http://127.0.0.1:8000/mcp';

describe('what a server names for its authorization', () => {
  test.each([
    [elsewhere, 'https://login.example'],
    [elsewhere, 'https://mcp.example/oauth'],
    [inside, 'http://login.internal:8080'],
    [inside, 'https://login.example'],
    [here, 'http://localhost:9000'],
    [here, 'http://[::1]:9000'],
    [here, 'https://login.example'],
  ])('by %s may be %s (OAUTH-18)', (server, url) => {
    expect(findNamedUrlFault(new URL(url), new URL(server))).toBeUndefined();
  });

  test.each([
    [elsewhere, 'http://login.example', 'is not HTTPS'],
    [elsewhere, 'file:///etc/passwd', 'is not HTTPS'],
    [elsewhere, 'http://127.0.0.1:6379', 'is this machine'],
    [elsewhere, 'https://localhost', 'is this machine'],
    [elsewhere, 'https://tools.localhost.', 'is this machine'],
    [elsewhere, 'https://[::1]', 'is this machine'],
    [elsewhere, 'https://[::ffff:127.0.0.1]', 'is this machine'],
    [elsewhere, 'https://0x7f.1', 'is this machine'],
    [elsewhere, 'https://2130706433', 'is this machine'],
    [elsewhere, 'https://0.0.0.0', 'is this machine'],
    [inside, 'http://127.0.0.1:8080', 'is this machine'],
    [inside, 'http://169.254.169.254/latest/meta-data', 'only this machine can reach'],
    [here, 'http://169.254.169.254', 'only this machine can reach'],
    [here, 'http://[fe80::1]', 'only this machine can reach'],
    [here, 'http://[::ffff:169.254.169.254]', 'only this machine can reach'],
  ])('by %s is not asked at %s, which %s (OAUTH-18)', (server, url, why) => {
    expect(findNamedUrlFault(new URL(url), new URL(server))).toContain(why);
  });

  test('is refused before anything is sent (OAUTH-18)', async () => {
    const asked: string[] = [];
    const inner = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(inner, 'listening');
    onTestFinished(() => void inner.close());
    const url = `http://127.0.0.1:${(inner.address() as AddressInfo).port}/metadata`; // it listens on TCP
    const http = new HttpClient();
    onTestFinished(() => http.close());
    const ask = async (server: string): Promise<number> => {
      const fetch = createLifecycleFetch({
        clock: systemClock,
        http,
        serverUrl: new URL(server),
        router: {} as MessageRouter, // no stream is read
        maxMessageBytes: 1_000,
        keepsEventIds: true,
        renewsCredentials: true,
        onPosted: () => {},
        onGone: () => {},
        onStreamEnd: () => {},
      });
      return (await fetch(url)).status;
    };
    await expect(ask(elsewhere)).rejects.toThrow('is this machine; nothing is sent there');
    expect(asked).toEqual([]);
    expect(await ask(here)).toBe(200);
    expect(asked).toEqual(['/metadata']);
  });
});
