import { expect, test } from 'vitest';
import type { AuthorizationRule } from '../../../src/authorization/authorization-rule.ts';
import { defaultSettings, type Settings } from '../../../src/config/settings.ts';
import { KeyRing } from '../../../src/identity/key-ring.ts';
import { silentLogger } from '../../../src/logger.ts';
import { createRules } from '../../../src/serve/create-rules.ts';

const rule = (scopes: readonly string[]): AuthorizationRule => ({
  scopes,
  keys: [],
  sharedKey: false,
  everyone: false,
  allow: ['*'],
});
const ring = new KeyRing([{ name: 'alice', digest: 'a'.repeat(64), scopes: ['tools:read'] }]);
const callers = {
  hasKey: (name: string) => ring.hasName(name),
  hasScope: (scope: string) => ring.hasScope(scope),
};
const tokens: NonNullable<Settings['tokens']> = {
  issuer: 'https://login.example.com',
  audiences: ['tools'],
  clockToleranceMs: 0,
  allowsHttp: false,
};

/** The scopes that are warned of. */
function warnedScopes(more: Partial<Settings>, rules: readonly AuthorizationRule[]): readonly unknown[] {
  const warnings: unknown[] = [];
  const warn = (fields: object, message: string): void => {
    if (message.includes('scopes that no key of the keys file has') && 'unknown' in fields)
      warnings.push(fields.unknown);
  };
  const settings = {
    ...defaultSettings,
    servers: [],
    apiKeysFile: 'keys.json',
    ...more,
    authorization: rules,
  };
  createRules(settings, callers, { ...silentLogger, warn }).close();
  return warnings;
}

const rules = [rule(['tools:read']), rule(['tools:raed', 'tools:read']), rule(['role:admin', 'tools:raed'])];

test.each([
  ['with keys alone', {}, [['tools:raed', 'role:admin']]],
  ['beside proxies, which give roles', { trustedProxies: ['10.0.0.1'] }, [['tools:raed']]],
  ['beside tokens, whose scopes nobody knows ahead', { tokens }, []],
] as const)('scopes of rules that no key has are warned of %s (CONF-25)', (_when, more, expected) => {
  expect(warnedScopes(more, rules)).toEqual(expected);
});

test('scopes of rules that keys have are not warned of (CONF-25)', () => {
  expect(warnedScopes({}, [rule(['tools:read'])])).toEqual([]);
});
