import { afterAll, describe, expect, test } from 'vitest';
import { readConfigFile } from '../../../../src/config/config-file/read-config-file.ts';
import { createConfigFolder } from '../../../fixtures/config/config-text.ts';

const folder = createConfigFolder();
afterAll(() => folder.remove());

const minute = { max: 100, windowMs: 60_000 };

describe('a rate limit', () => {
  test('is one of all calls, of a server, of a tool, and of an hour (CONF-26)', () => {
    const config = {
      rateLimit: '100/min',
      mcpServers: {
        s: {
          command: 'x',
          rate_limit: { limit: '${MANY:-100/min}', by: 'claim:sub' },
          toolRateLimits: { slow: '5/h', 'x y': { limit: '1/10s', by: 'header:X-User' } },
        },
      },
    };
    const read = readConfigFile(folder.write('limits.json', JSON.stringify(config)), { env: {} });
    expect(read.rateLimit).toEqual({ ...minute, by: { kind: 'key' } });
    expect(read.servers[0]).toMatchObject({
      rateLimit: { ...minute, by: { kind: 'claim', claim: { text: 'sub', path: ['sub'] } } },
      toolRateLimits: new Map([
        ['slow', { max: 5, windowMs: 3_600_000, by: { kind: 'key' } }],
        ['x y', { max: 1, windowMs: 10_000, by: { kind: 'header', name: 'x-user' } }],
      ]),
    });
  });

  test('is none where nothing is said (CONF-26)', () => {
    const read = readConfigFile(folder.write('bare.json', '{"servers": {"s": {"command": "x"}}}'), {
      env: {},
    });
    expect(
      [read, read.servers[0]].map((it) => Object.keys(it ?? {}).filter((key) => /rate/i.test(key))),
    ).toEqual([[], []]);
  });

  test.each<[object, string]>([
    [{ rateLimit: 100 }, '\'rateLimit\' must be text or an object, not a number; write it as in "100/min"'],
    [{ rateLimit: { by: 'key' } }, "'rateLimit' needs 'limit'"],
    [{ rateLimit: { limit: '1/s', per: 'key' } }, "unknown key 'per' in 'rateLimit'"],
    [
      { rateLimit: 'often' },
      '\'rateLimit\' is \'often\', which is no limit; write calls and a time in s, min, h or d, as in "100/min" or "5/10s"',
    ],
    [{ rate_limit: '0/min' }, "'rate_limit' is '0/min', which allows no call, or more than 1000000000"],
    [
      { toolRateLimits: { a: { limit: '1/s', by: 'mood' } } },
      "'toolRateLimits.a.by' is 'mood', which tells no clients apart; write key, address, claim:<name> or header:<name>",
    ],
    [
      { rateLimit: '${LIMIT}' },
      '\'rateLimit\' comes from a variable that is no limit; write calls and a time in s, min, h or d, as in "100/min" or "5/10s"',
    ],
  ])('%j is a mistake, told with what to write (CONF-03, CONF-26)', (server, message) => {
    const problems = folder.serverProblemsOf({ command: 'x', ...server }, { env: { LIMIT: 'hunter2' } });
    expect(problems).toEqual([expect.stringContaining(message)]);
    expect(problems.join()).not.toContain('hunter2');
  });
});
