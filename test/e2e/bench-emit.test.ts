import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';

const cli = 'dist/bench/cli.js';
const standIn = 'test/fixtures/bench/k6-stand-in.mjs';
const folder = mkdtempSync(join(tmpdir(), 'bench-emit-'));
const echo = [process.execPath, 'dist/bench/upstreams/synthetic.js', 'echo'];
const hasJq = spawnSync('jq', ['--version']).status === 0;

describe.skipIf(!isBuilt || !existsSync(cli))('mcpo-bench --emit', () => {
  let gateway: GatewayProcess;

  beforeAll(async () => {
    gateway = await startGateway(echo, { flags: ['--api-key', 'key'] });
  });

  afterAll(async () => {
    await gateway.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the k6 script is answered by a gateway, and each answer is held against its own token', () => {
    const script = join(folder, 'scenario.mjs');
    const emitted = run([
      `--emit=k6=${script}`,
      '--users=4',
      '--duration=1s',
      '--assert',
      'p99<50ms',
      'errors<1%',
      'pipelining>0.9',
      '--',
      ...echo,
    ]);
    expect(emitted).toMatchObject({ code: 0, stderr: '' });
    expect(emitted.stdout).toContain(`k6 run ${script}`);
    expect(emitted.stdout).toContain('pipelining>0.9 is not in it: it cannot be seen from outside');
    const syntax = spawnSync(process.execPath, ['--check', script], { encoding: 'utf8' });
    expect(syntax).toMatchObject({ status: 0, stderr: '' });
    const ran = runK6(script, { MCPO_URL: gateway.url, MCPO_API_KEY: 'key' });
    expect(ran.options.scenarios).toMatchObject({
      users_1: { executor: 'constant-vus', vus: 1, startTime: '1500ms', duration: '1000ms' },
      users_4: { executor: 'constant-vus', vus: 4 },
    });
    expect(ran.options.thresholds).toEqual({
      mcpo_wrong: ['count==0'],
      'mcpo_latency{scenario:users_4}': ['p(99)<50'],
      mcpo_errors_rate: ['rate<0.01'],
    });
    expect(ran.checks).toEqual({ 'the status is 200': [6, 0], 'the answer is to its own question': [6, 0] });
    expect(ran.metrics).toMatchObject({ mcpo_calls: 6, mcpo_errors: 0, mcpo_wrong: 0 });
    expect(new Set(ran.tokens).size).toBe(6);
  });

  test('the k6 script counts a call without the key as an error, and a mixed-up answer as wrong', () => {
    const script = join(folder, 'wrong.mjs');
    run(['--emit', `k6=${script}`, '--users', '2', '--', ...echo]);
    const refused = runK6(script, { MCPO_URL: gateway.url });
    expect(refused.metrics).toMatchObject({ mcpo_calls: 0, mcpo_errors: 6, mcpo_wrong: 0 });
    const swapped = runK6(script, { MCPO_URL: gateway.url, MCPO_API_KEY: 'key', STAND_IN_SWAPS: 'yes' });
    expect(swapped.metrics['mcpo_wrong']).toBeGreaterThan(0);
  });

  test('each vegeta target is answered with its token, and the commands find one that is not', async () => {
    const path = join(folder, 'targets.ndjson');
    const { code, stdout } = run([
      `--emit=vegeta=${path}`,
      '--users=3',
      `--url=${gateway.url}`,
      '--api-key=key',
      '--tool=echo',
      '--assert=errors==0',
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('-max-workers=3');
    expect(stdout + readFileSync(path, 'utf8')).not.toMatch(/Bearer key/);
    const targets = readFileSync(path, 'utf8').trim().split('\n').map(parseTarget);
    expect(targets).toHaveLength(3);
    const results: object[] = [];
    for (const { method, url, header, body } of targets) {
      const headers = { 'content-type': header['Content-Type']?.[0] ?? '', authorization: 'Bearer key' };
      const answer = await fetch(url, { method, headers, body: Buffer.from(body, 'base64') });
      expect(answer.status).toBe(200);
      const text = await answer.text();
      expect(text).toContain(url.split('#')[1]);
      results.push({ url, code: 200, body: Buffer.from(text).toString('base64') });
    }
    if (!hasJq) return;
    expect(checkTokens(stdout, results)).toBe('true\n');
    expect(checkTokens(stdout, [{ ...results[0], url: targets[1]?.url }, ...results])).toBe('false\n');
  });

  test('calls that are given with their data are written for a gateway that cannot be reached from here', () => {
    const words = ['--url', 'http://mcpo.tools.svc:8000/', '--tool', 'find', '--data', '{"q":"{{token}}"}'];
    const { code, stdout, stderr } = run([
      '--emit',
      'k6',
      '--rate',
      '0.5',
      '--header',
      'X-Tenant: secret',
      ...words,
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('"http://mcpo.tools.svc:8000"');
    expect(stdout).toContain('"path":"/find"');
    expect(stdout).toContain("executor: 'constant-arrival-rate', rate: 500, timeUnit: '1000s'");
    expect(stdout).toContain('addHeader("x-tenant", __ENV.MCPO_HEADER_X_TENANT)');
    expect(stdout + stderr).not.toContain('secret');
  });

  test.each<[string, readonly string[], string]>([
    ['an engine that is none', ['--emit', 'jmeter'], "--emit: 'jmeter': write k6, k6=file.js, vegeta"],
    ['a file that cannot be written', ['--emit', 'k6=/nowhere/k6.js'], '--emit: cannot write /nowhere/k6.js'],
  ])('%s gives exit code 2 and says why in a line', (_case, words, reason) => {
    const { code, stdout, stderr } = run([...words, '--', ...echo]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^mcpo-bench: .*\n$/);
    expect(stderr).toContain(reason);
  });
});

function run(words: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], {
    encoding: 'utf8',
    timeout: 50_000,
  });
  return { code: status, stdout, stderr };
}

/** What the stand-in tells of six calls by two users. */
interface StandInRun {
  readonly options: { readonly scenarios: object; readonly thresholds: object };
  readonly checks: Readonly<Record<string, readonly [passed: number, failed: number]>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tokens: readonly string[];
}

function runK6(script: string, env: Readonly<Record<string, string>>): StandInRun {
  const ran = spawnSync(process.execPath, [standIn, script], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...env },
    timeout: 50_000,
  });
  expect(ran.stderr).toBe('');
  // The stand-in prints nothing else.
  return JSON.parse(ran.stdout) as StandInRun;
}

interface Target {
  readonly method: string;
  readonly url: string;
  readonly header: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
}

function parseTarget(line: string): Target {
  // Its fields are what the test goes on to use.
  return JSON.parse(line) as Target;
}

/** Runs the emitted look at the tokens over results such as `vegeta encode` prints. */
function checkTokens(commands: string, results: readonly object[]): string {
  const path = join(folder, 'results.json');
  writeFileSync(path, results.map((each) => `${JSON.stringify(each)}\n`).join(''));
  const start = commands.indexOf('vegeta encode');
  const command = commands
    .slice(start, commands.indexOf('\nvegeta report -type', start))
    .replace('vegeta encode -to=json results.bin', `cat ${path}`);
  return spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout;
}
