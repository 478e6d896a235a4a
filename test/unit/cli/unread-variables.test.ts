import { describe, expect, test } from 'vitest';
import { serveCommand, variableOf } from '../../../src/cli/serve-flags.ts';
import { warnOfUnread } from '../../../src/cli/unread-variables.ts';

async function warningsOf(
  env: Readonly<Record<string, string>>,
  hasConfig = false,
): Promise<readonly string[]> {
  return await warnOfUnread(env, serveCommand().options.map(variableOf), hasConfig);
}

describe('variables that no option reads', () => {
  test('are warned of, with the one that was probably meant, and nothing of their values', async () => {
    const env = { MCPO_STRICTAUTH: 'secret', MCPO_RATE_LIMITS: 'secret', MCPO_FROBNICATE: 'secret' };
    expect(await warningsOf(env)).toEqual([
      'no option reads the variable MCPO_STRICTAUTH; did you mean MCPO_STRICT_AUTH?',
      'no option reads the variable MCPO_RATE_LIMITS; did you mean MCPO_RATE_LIMIT?',
      'no option reads the variable MCPO_FROBNICATE; see mcpo-serve --help',
    ]);
  });

  test('and look like none are left to a configuration, which may name them', async () => {
    expect(await warningsOf({ MCPO_STRICTAUTH: '1', MCPO_GITHUB_TOKEN: 'x' }, true)).toEqual([
      'no option reads the variable MCPO_STRICTAUTH; did you mean MCPO_STRICT_AUTH?',
    ]);
  });

  test('are few, and those of options, of passwords and of services in Kubernetes are not among them', async () => {
    const env = {
      MCPO_JSON: 'false',
      MCPO_REDIS_PASSWORD: 'x',
      MCPO_SERVICE_HOST: '10.0.0.1',
      MCPO_SERVICE_PORT_HTTP: '80',
      MCPO_REDIS_PORT: 'tcp://10.0.0.1:6379',
      MCPO_PORT_8000_TCP_ADDR: '10.0.0.1',
    };
    expect(await warningsOf(env)).toEqual([]);
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`MCPO_UNREAD_${at}`, '']));
    expect(await warningsOf(many)).toHaveLength(10);
  });
});
