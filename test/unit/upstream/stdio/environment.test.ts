import { describe, expect, test } from 'vitest';
import { childEnvironment } from '../../../../src/upstream/stdio/environment.ts';

describe('the environment of a child', () => {
  test('holds what is allowed and what is configured, which wins', () => {
    const ours = {
      PATH: '/bin',
      HOME: '/home/me',
      LC_ALL: 'C',
      https_proxy: 'http://proxy',
      SSL_CERT_FILE: '/ca.pem',
      API_TOKEN: 'secret',
      NODE_OPTIONS: '--inspect',
      TERM: '() { :; }; echo no',
    };
    expect(childEnvironment(ours, { HOME: '/srv', OWN: '1' }, 'linux')).toStrictEqual({
      PATH: '/bin',
      HOME: '/srv',
      LC_ALL: 'C',
      https_proxy: 'http://proxy',
      SSL_CERT_FILE: '/ca.pem',
      OWN: '1',
    });
  });

  test('holds all of ours but our own settings when asked to', () => {
    const ours = { PATH: '/bin', API_TOKEN: 'secret', MCPO_API_KEY: 'mine', TERM: '() { :; }; echo no' };
    expect(childEnvironment(ours, { OWN: '1' }, 'linux', 'all')).toStrictEqual({
      PATH: '/bin',
      API_TOKEN: 'secret',
      OWN: '1',
    });
  });

  test('on Windows knows names in any case', () => {
    const ours = { Path: 'C:\\bin', SystemRoot: 'C:\\Windows', HOME: 'no', Secret: 'x' };
    expect(childEnvironment(ours, {}, 'win32')).toStrictEqual({ Path: 'C:\\bin', SystemRoot: 'C:\\Windows' });
  });
});
