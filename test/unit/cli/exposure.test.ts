import { describe, expect, test } from 'vitest';
import { toExposureWarning } from '../../../src/cli/exposure.ts';
import { defaultSettings, type Settings } from '../../../src/config/settings.ts';

function warningFor(host: string, more: Partial<Settings> = {}): string | undefined {
  return toExposureWarning({ ...defaultSettings, servers: [], host, ...more });
}

describe('the warning of an open gateway', () => {
  test.each(['0.0.0.0', '::', '192.0.2.1', '2001:db8::1', '127.example.com', 'gateway.internal'])(
    'is given at %s, with the line that mends it',
    (host) => {
      const lines = warningFor(host)?.split('\n') ?? [];
      expect(lines.length).toBeGreaterThan(5);
      expect(lines.join('\n')).toContain(`ANYBODY WHO REACHES ${host} CAN CALL`);
      expect(lines.join('\n')).toContain('--api-key "$(openssl rand -hex 32)"');
    },
  );

  test.each(['127.0.0.1', '127.8.9.10', '::1', 'localhost'])('is not given at %s', (host) =>
    expect(warningFor(host)).toBeUndefined(),
  );

  test('is not given where a key is asked for', () =>
    expect(warningFor('0.0.0.0', { apiKey: 'key' })).toBeUndefined());
});
