import { describe, expect, test } from 'vitest';
import type { AuthorizationRule } from '../../../src/authorization/authorization-rule.ts';
import { Authorization } from '../../../src/authorization/authorization.ts';
import { sharedKeyIdentity, type Identity } from '../../../src/identity/identity.ts';

const nobody: AuthorizationRule = { scopes: [], keys: [], sharedKey: false, everyone: false, allow: [] };
const rule = (of: Partial<AuthorizationRule>): AuthorizationRule => ({ ...nobody, ...of });

function caller(kind: Identity['kind'], name: string, ...scopes: readonly string[]): Identity {
  return {
    kind,
    name,
    scopes: new Set(scopes),
    claims: {},
    ...(kind === 'api-key' && { keyName: name }),
  };
}
const alice = caller('api-key', 'alice');
const read = { server: 'files', tool: 'read_file' };
const write = { server: 'files', tool: 'write_file' };

describe('rules', () => {
  test('without any, everybody may call everything (AUTHZ-01)', () => {
    const open = new Authorization(undefined);
    expect(open.permissionsOf(undefined)).toBeUndefined();
    expect([open.refusalOf(undefined, read), open.refusalOf(alice, read)]).toEqual([undefined, undefined]);
  });

  test('with any, what no rule allows is refused, whoever asks (AUTHZ-01)', () => {
    const closed = new Authorization([rule({ keys: ['bob'], allow: ['*'] })]);
    for (const who of [
      undefined,
      alice,
      sharedKeyIdentity,
      caller('token', 'bob'),
      caller('token', '', 'bob'),
    ]) {
      expect(closed.refusalOf(who, read)?.code).toBe('not_permitted');
    }
    expect(closed.refusalOf(caller('api-key', 'bob'), read)).toBeUndefined();
  });

  test('a scope rule is about callers that have all of its scopes, from tokens and from keys (AUTHZ-02)', () => {
    const both = new Authorization([rule({ scopes: ['a', 'b'], allow: ['files/read_*'] })]);
    expect(both.refusalOf(caller('token', 'x', 'a', 'b'), read)).toBeUndefined();
    expect(both.refusalOf(caller('api-key', 'x', 'b', 'a', 'c'), read)).toBeUndefined();
    expect(both.refusalOf(caller('token', 'x', 'a'), read)?.extensions).toEqual({ missingScopes: ['b'] });
  });

  test('the shared key is named by itself, and everyone means every known caller (AUTHZ-02)', () => {
    const rules = new Authorization([
      rule({ sharedKey: true, allow: ['files'] }),
      rule({ everyone: true, allow: ['time/*'] }),
    ]);
    expect(rules.refusalOf(sharedKeyIdentity, write)).toBeUndefined();
    expect(rules.refusalOf(caller('api-key', 'shared-key'), write)?.code).toBe('not_permitted');
    expect(rules.refusalOf(alice, { server: 'time', tool: 'now' })).toBeUndefined();
    expect(rules.refusalOf(undefined, { server: 'time', tool: 'now' })?.code).toBe('not_permitted');
  });

  test('what a proxy says of its user counts with the key that it came with (AUTHZ-02)', () => {
    const by = caller('api-key', 'webui');
    const user: Identity = { ...caller('forwarded', 'ada', 'role:admin'), by, keyName: 'webui' };
    const rules = new Authorization([
      rule({ keys: ['webui'], allow: ['time'] }),
      rule({ scopes: ['role:admin'], allow: ['files'] }),
    ]);
    expect(rules.refusalOf(user, write)).toBeUndefined();
    expect(rules.refusalOf(user, { server: 'time', tool: 'now' })).toBeUndefined();
    expect(
      rules.refusalOf(
        { ...user, name: 'webui', by: alice, keyName: 'alice' },
        { server: 'time', tool: 'now' },
      )?.code,
    ).toBe('not_permitted');
  });

  test.each([
    ['files/read_*', 'files', 'read_file', true],
    ['files/read_*', 'files', 'READ_file', false],
    ['files/read_*', 'files2', 'read_file', false],
    ['files', 'files', 'anything/at/all', true],
    ['*', 'any', 'thing', true],
    ['*/list*', 'b', 'list_all', true],
    ['*/list*', 'b', 'enlist', false],
    ['f*s/*', 'files', 'x', true],
    ['files/a/b', 'files', 'a/b', true],
    ['files/', 'files', 'x', false],
    ['read_*', '', 'read_file', true],
    ['a/b', '', 'a/b', true],
    ['files/*', '', 'read_file', false],
  ])('the pattern %s, server "%s" and tool "%s": %s (AUTHZ-03)', (pattern, server, tool, isAllowed) => {
    const rules = new Authorization([rule({ everyone: true, allow: [pattern] })]);
    expect(rules.permissionsOf(alice)?.allows({ server, tool })).toBe(isAllowed);
  });

  test('a change counts from the next call on, and what was kept of those before is forgotten (AUTHZ-06)', () => {
    const rules = new Authorization([rule({ keys: ['alice'], allow: ['files/read_*'] })]);
    const before = rules.permissionsOf(alice);
    expect(before?.allows(read)).toBe(true);
    rules.replace([rule({ keys: ['alice'], allow: ['files/write_*'] })]);
    const after = rules.permissionsOf(alice);
    expect([after?.allows(read), after?.allows(write), after?.id === before?.id]).toEqual([
      false,
      true,
      false,
    ]);
    rules.replace(undefined);
    expect(rules.permissionsOf(alice)).toBeUndefined();
  });

  test('callers of the same rules share what is kept of them', () => {
    const rules = new Authorization([
      rule({ scopes: ['a'], allow: ['files'] }),
      rule({ scopes: ['b'], allow: ['x'] }),
    ]);
    const [one, other] = [caller('token', 'x', 'a'), caller('token', 'y', 'a', 'z')];
    expect(rules.permissionsOf(one)).toBe(rules.permissionsOf(other));
    expect(rules.permissionsOf(caller('token', 'x', 'a', 'b'))).not.toBe(rules.permissionsOf(one));
  });
});

describe('a refusal', () => {
  const rules = new Authorization([
    rule({ scopes: ['files:write', 'files:read'], allow: ['files'] }),
    rule({ scopes: ['admin'], allow: ['*'] }),
    rule({ keys: ['bob'], allow: ['keys/only'] }),
  ]);

  test('says which scopes are missing, the fewest first, and challenges for them (AUTHZ-04)', () => {
    expect(rules.refusalOf(caller('token', 'carol', 'files:read'), write)).toEqual({
      code: 'not_permitted',
      detail:
        "This caller may not call this tool without the scope files:write. Other scopes open it as well: the document's `security` has them all.",
      extensions: { missingScopes: ['files:write'] },
      challenge: 'Bearer error="insufficient_scope", scope="files:read files:write"',
    });
  });

  test('says no more in words than in missingScopes, of ways that are as near (AUTHZ-04)', () => {
    const roles = new Authorization([
      rule({ scopes: ['role:admin'], allow: ['*'] }),
      rule({ scopes: ['role:user'], allow: ['files'] }),
    ]);
    const refused = roles.refusalOf(caller('token', 'carol'), write);
    expect(refused?.extensions).toEqual({ missingScopes: ['role:admin'] });
    expect(refused?.detail).toContain('without the scope role:admin.');
    expect(refused?.detail).not.toContain('role:user');
    const only = roles.refusalOf(caller('token', 'carol'), { server: 'time', tool: 'now' });
    expect(only?.detail).toBe('This caller may not call this tool without the scope role:admin.');
  });

  test('names a key, and no other; of a token it repeats nothing (AUTHZ-04)', () => {
    const only = new Authorization([rule({ keys: ['bob'], allow: ['*'] })]);
    expect(only.refusalOf(alice, write)).toEqual({
      code: 'not_permitted',
      detail: "The key 'alice' may not call this tool: no rule of the gateway allows it.",
    });
    expect(only.refusalOf(caller('token', 'carol'), write)?.detail).toMatch(/^This caller may not/);
    expect(only.refusalOf(sharedKeyIdentity, write)?.detail).toMatch(/^The holder of the shared key may not/);
  });
});
