import { describe, expect, test } from 'vitest';
import { serveCommand } from '../../src/cli/serve-flags.ts';
import { isBuilt, runServe } from '../fixtures/gateway-process.ts';

describe.skipIf(!isBuilt)('a command line that cannot be meant', () => {
  test.each<[string, readonly string[], RegExp, Readonly<Record<string, string>>?]>([
    ['an unknown option', ['--prot', '80'], /unknown option '--prot' \(Did you mean --port\?\).*--help/],
    ['a stray word', ['npx', 'thing'], /unexpected 'npx'; write .* after --/],
    ['nothing after --', ['--'], /nothing follows --; write/],
    ['an empty command after --', ['--', ''], /nothing follows --; write/],
    ['a port that is none', ['--port', '65536'], /--port: '65536' .*write a number/],
    ['a time-out without a unit we know', ['--call-timeout', '3 days'], /--call-timeout: .*write seconds/],
    ['a time-out of nothing', ['--start-timeout', '0'], /--start-timeout: .*write seconds/],
    ['a size that is none', ['--max-body', '-1'], /--max-body: .*write bytes/],
    ['a status that is no error', ['--tool-error-status', '200'], /--tool-error-status: .*write a number/],
    ['a mode that is none', ['--validate-responses', 'maybe'], /--validate-responses: .*off, warn, enforce/],
    ['an option without its value', ['--port'], /--port.*argument missing/],
    ['a URL that cannot be read', ['--', 'https://'], /URL after -- cannot be read; check/],
    ['a type for a command', ['--type', 'sse', '--', 'npx'], /no URL; write/],
    ['a configuration that is not there', ['-c', '/no/such.json'], /cannot read.*such\.json/],
    ['strict authentication without a key', ['--strict-auth'], /--strict-auth needs a key; add --api-key/],
    [
      'a key that is the next option',
      ['--port', '0', '--api-key', '--strict-auth'],
      /--api-key needs a value, and --strict-auth follows; write/,
    ],
    ['a short one', ['-k', '-p', '0'], /--api-key needs a value, and -p follows; write/],
    [
      'a title that is a misspelt option',
      ['--name', '--stric-auth'],
      /--name needs .* another option follows; write/,
    ],
    [
      'a file that is an option',
      ['--audit-log', '--json'],
      /--audit-log needs a value, and --json follows; write/,
    ],
    [
      'an audit file of few bytes',
      ['--audit-log', 'a', '--audit-max-size', '10'],
      /--audit-max-size: '10' is 10 bytes.*write 4KiB or more, with a unit as in 10MiB/,
    ],
    [
      'an audit log that is something else',
      ['--audit-log', 'package.json'],
      /package\.json: holds something else.*name another/,
    ],
    ['an audit log without a name', ['--audit-log', ''], /--audit-log is empty; write/],
    [
      'a policy for no contract',
      ['--contract-policy', 'refuse'],
      /--contract-policy is .*add --contract <file>/,
    ],
    [
      'clocks that differ by hours',
      ['--jwt-issuer', 'https://h', '--jwt-audience', 'a', '--jwt-clock-tolerance', '10h'],
      /--jwt-clock-tolerance: '10h' .*write 10m or less/,
    ],
    ['a limit of unknown unit', ['--rate-limit', '100/foo'], /--rate-limit: .*in s, min, h or d/],
    ['an empty key', ['--api-key', ''], /API key is empty; write/],
    ['a file that cannot be read', ['--env-path', '/no/such/.env'], /cannot read .*--env-path \(ENOENT\)/],
    ['a bad number in the environment', [], /MCPO_PORT: 'http'.*write a number/, { MCPO_PORT: 'http' }],
    ['a bad switch in the environment', [], /MCPO_JSON='maybe'.*write true or false/, { MCPO_JSON: 'maybe' }],
  ])('%s: exit 2 and one line that says what to write', (_what, words, line, env) => {
    const { code, stdout, stderr } = runServe(words, env);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^mcpo-serve: [^\n]+\n$/);
    expect(stderr).toMatch(line);
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>?]>([
    ['--env', ['--env', 'sk-topsecret']],
    ['a misspelt --api-key', ['--apikey=sk-topsecret']],
    ['a misspelt -k', ['--api_key=it=sk-topsecret']],
    ['what looks like an option', ['--api-key', '--sk-topsecret']],
    ['--header', ['--header', 'X-Key: sk-topsecret', '--', 'http://h']],
    ['MCPO_ENV', [], { MCPO_ENV: 'A=fine\nsk-topsecret' }],
  ])('what may be a secret in %s is not repeated', (_what, words, env) => {
    const { code, stderr } = runServe(words, env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^mcpo-serve: [^\n]+\n$/);
    expect(stderr).not.toContain('topsecret');
  });

  test('is none where a value that begins like an option follows an equals sign', () => {
    const { code, stderr } = runServe(['--api-key=--strict-auth', '--name=-p', '--port', 'none']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^mcpo-serve: --port: 'none'/)]);
  });
});

describe.skipIf(!isBuilt)('--help', () => {
  test('names every option, says how variables are named, and fits 80 columns', () => {
    const { code, stdout, stderr } = runServe(['--help'], { COLUMNS: '200' });
    expect([code, stderr]).toEqual([0, '']);
    const words = stdout.replaceAll(/\s+/g, ' ');
    const shown = serveCommand().options.filter(({ hidden }) => !hidden);
    expect(shown.length).toBeGreaterThan(30);
    for (const { long } of shown) expect(words).toContain(` ${long} `);
    expect(words).toContain('--call-timeout is MCPO_CALL_TIMEOUT');
    expect(words).toContain('Examples:');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('wins over a server that is named as well, and an option of the server is not ours', () => {
    expect(runServe(['--help', '--', 'no-such-command']).code).toBe(0);
    const { code, stdout } = runServe(['--port', '0', '--', 'no-such-command', '--help']);
    expect([code, stdout]).toEqual([1, '']);
  });
});
