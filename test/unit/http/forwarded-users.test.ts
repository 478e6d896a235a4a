import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ForwardedUsers } from '../../../src/http/forwarded-users.ts';
import { silentLogger } from '../../../src/logger.ts';

function makeUsers() {
  const warnings: Array<readonly [fields: object, message: string]> = [];
  const warn = (fields: object, message: string): void => void warnings.push([fields, message]);
  return { users: new ForwardedUsers(['10.0.0.1'], { ...silentLogger, warn }), warnings };
}

function requestFrom(address: string, headers: Readonly<Record<string, string>>): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: address });
  const request = new IncomingMessage(socket);
  Object.assign(request.headers, headers);
  return request;
}

const ada = { 'x-openwebui-user-id': 'u-ada', 'x-openwebui-user-email': 'ada@x.test' };

test('that a proxy is not listed is told once for each address, with what came, and no value of it (AUTH-14)', () => {
  const { users, warnings } = makeUsers();
  const first = requestFrom('::ffff:10.0.0.2', ada);
  expect(users.admits(first)).toBe(false);
  expect(first.headers).toEqual({});
  users.admits(requestFrom('10.0.0.2', ada));
  users.admits(requestFrom('10.0.0.3', { accept: '*/*' }));
  users.admits(requestFrom('10.0.0.1', ada));
  expect(warnings).toEqual([
    [
      { peer: '10.0.0.2', headers: ['x-openwebui-user-id', 'x-openwebui-user-email'] },
      expect.stringContaining('--trusted-header-auth does not list') as string,
    ],
  ]);
  expect(JSON.stringify(warnings)).not.toContain('ada');
  users.admits(requestFrom('10.0.0.4', { 'x-openwebui-user-jwt': 'x' }));
  expect(warnings[1]?.[0]).toEqual({ peer: '10.0.0.4', headers: ['x-openwebui-user-jwt'] });
});

test('who has many addresses does not fill the log (AUTH-14)', () => {
  const { users, warnings } = makeUsers();
  for (let each = 0; each < 1_000; each += 1) users.admits(requestFrom(`fd00::${each}`, ada));
  expect(warnings).toHaveLength(100);
  expect(warnings.at(-1)?.[1]).toContain('of further addresses nothing is said');
});
