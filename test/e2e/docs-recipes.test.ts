import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** The recipes as the tests look at them. */
function readYaml(name: string): unknown {
  return parse(readFileSync(join('deploy/docs', name), 'utf8'));
}

// Files of ours.
const pages = readYaml('github-pages.yml') as Workflow;
const comment = readYaml('github-comment.yml') as Workflow;
const gitlab = readYaml('gitlab-pages.yml') as Readonly<
  Record<string, { readonly script?: readonly string[] }>
>;

function stepOf({ jobs }: Workflow, job: string, name: string): string {
  const step = jobs[job]?.steps.find((each) => each.name === name);
  if (step?.run === undefined) throw new Error(`${job} has no step '${name}' that runs`);
  return step.run;
}

const isBuilt = existsSync('dist/src/cli/docs.js');
let folder = '';

/** A command of that name on PATH that runs a script. */
function shim(name: string, script: string): void {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/usr/bin/env bash\n${script}\n`);
  chmodSync(path, 0o755);
}

/** A repository whose server has these tools, and an argument of this kind. */
function writeServer(at: string, type: string): void {
  mkdirSync(at, { recursive: true });
  cpSync('test/fixtures/upstreams/replay-server.mjs', join(at, 'server.mjs'));
  const inputSchema = { type: 'object', properties: { a: { type } }, required: ['a'] };
  const tools = [{ name: 'greet', description: 'Greets.', inputSchema }];
  writeFileSync(join(at, 'tools.json'), JSON.stringify({ serverInfo: { name: 'x', version: '1' }, tools }));
}

/** As a runner does: Bash that stops at the first failure. */
function runBash(script: string, cwd: string, env: Readonly<Record<string, string>> = {}) {
  const PATH = `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  const SERVER = 'node server.mjs tools.json';
  return spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, PATH, SERVER, ...env },
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docs-recipes-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'bin'));
  shim('mcpo-docs', `exec "${process.execPath}" "${resolve('dist/src/cli/docs.js')}" "$@"`);
  shim('mcpo-serve', `exec "${process.execPath}" "${resolve('dist/src/cli/serve.js')}" "$@"`);
  // What it installs is there already.
  shim('npm', ':');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the workflows of GitHub', () => {
  test('code of a pull request runs with nothing but the right to read', () => {
    expect(Object.keys(pages.on)).toEqual(['push', 'pull_request']);
    expect(pages.permissions).toEqual({ contents: 'read' });
    const running = Object.values(pages.jobs).filter(({ steps }) =>
      steps.some(({ run }) => run !== undefined),
    );
    expect(running.map(({ permissions }) => permissions)).toEqual([undefined, undefined]);
    expect(pages.jobs['publish']?.permissions).toEqual({ pages: 'write', 'id-token': 'write' });
  });

  test('what may write comments checks out and runs nothing of the pull request', () => {
    expect(comment.on).toEqual({ workflow_run: { workflows: [pages.name], types: ['completed'] } });
    expect(comment.permissions).toEqual({});
    expect(comment.jobs['comment']?.permissions).toEqual({ actions: 'read', 'pull-requests': 'write' });
    const uses = comment.jobs['comment']?.steps.flatMap(({ uses: used = [] }) => used);
    expect(uses).toEqual(['actions/download-artifact@v4']);
  });

  test('no expression stands in a script, where its value would be run', () => {
    const steps = [pages, comment].flatMap(({ jobs }) => Object.values(jobs).flatMap((job) => job.steps));
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });
});

describe('the comment', () => {
  const step = stepOf(comment, 'comment', 'Comment');
  const sha = 'a'.repeat(40);

  /** `gh` that knows one pull request, and writes down what it is asked. */
  function runComment(number: string, { known = '', head = sha } = {}) {
    const cwd = mkdtempSync(join(folder, 'comment-'));
    mkdirSync(join(cwd, 'diff'));
    writeFileSync(join(cwd, 'diff', 'number'), number);
    writeFileSync(join(cwd, 'diff', 'comment.md'), '## Contract changes: 1 breaking\n');
    shim(
      'gh',
      `echo "$@" >> calls; case "$*" in *pulls/*) echo ${head};; *paginate*) echo -n "${known}";; esac`,
    );
    const { status } = runBash(step, cwd, { GH_TOKEN: 'x', REPOSITORY: 'o/r', HEAD_SHA: sha });
    const calls = existsSync(join(cwd, 'calls')) ? readFileSync(join(cwd, 'calls'), 'utf8') : '';
    const body = existsSync(join(cwd, 'body.md')) ? readFileSync(join(cwd, 'body.md'), 'utf8') : '';
    return { status, calls, body };
  }

  test('is made once, and then changed', () => {
    const first = runComment('7\n');
    expect(first.status).toBe(0);
    expect(first.calls).toContain('--method POST repos/o/r/issues/7/comments --field body=@body.md');
    expect(first.body).toBe('<!-- mcpo-docs -->\n## Contract changes: 1 breaking\n');
    const second = runComment('7\n', { known: '42\n43\n' });
    expect(second.calls).toContain('--method PATCH repos/o/r/issues/comments/42 --field body=@body.md');
    expect(second.calls).not.toContain('POST');
  });

  test('is refused where the number is none, or that of another pull request', () => {
    for (const number of ['', '7/merge', '../../x', '$(touch x)', '0', '7 8'])
      expect(runComment(number)).toMatchObject({ status: 1, calls: '' });
    expect(runComment('7', { head: 'b'.repeat(40) }).calls).not.toMatch(/POST|PATCH/);
  });
});

describe.skipIf(!isBuilt)('the scripts, run (skipped without dist/: npm run build)', () => {
  test('GitHub: the site is built, with a changelog once there is a history', () => {
    const cwd = join(folder, 'github-site');
    writeServer(cwd, 'string');
    const build = stepOf(pages, 'build', 'Build the site');
    expect(runBash(build, cwd)).toMatchObject({ status: 0 });
    expect(existsSync(join(cwd, 'site/index.html'))).toBe(true);
    expect(existsSync(join(cwd, 'site/changelog.html'))).toBe(false);
    mkdirSync(join(cwd, 'history'));
    cpSync(join(cwd, 'site/openapi.json'), join(cwd, 'history/v1.json'));
    expect(runBash(build, cwd)).toMatchObject({ status: 0 });
    expect(existsSync(join(cwd, 'site/changelog.html'))).toBe(true);
  });

  test('GitHub: the pull request is compared with what it is based on', () => {
    const cwd = join(folder, 'github-diff');
    writeServer(join(cwd, 'old'), 'string');
    writeServer(join(cwd, 'new'), 'integer');
    const summary = join(cwd, 'summary.md');
    const done = runBash(stepOf(pages, 'diff', 'Compare'), cwd, {
      NUMBER: '7',
      GITHUB_STEP_SUMMARY: summary,
    });
    expect(done).toMatchObject({ status: 0 });
    expect(readFileSync(join(cwd, 'diff/comment.md'), 'utf8')).toMatch(/^## Contract changes: 1 breaking/);
    expect(readFileSync(join(cwd, 'diff/changes.html'), 'utf8')).toContain('1 breaking');
    expect(readFileSync(join(cwd, 'diff/number'), 'utf8')).toBe('7\n');
    expect(readFileSync(summary, 'utf8')).toBe(readFileSync(join(cwd, 'diff/comment.md'), 'utf8'));
  });

  test('GitLab: the site, and the page of a merge request', () => {
    const cwd = join(folder, 'gitlab');
    writeServer(cwd, 'string');
    const git = 'git -c user.name=x -c user.email=x@example.com';
    expect(runBash(`git init -q . && git add . && ${git} commit -qm old`, cwd)).toMatchObject({ status: 0 });
    writeServer(cwd, 'integer');
    const site = (gitlab['pages']?.script ?? []).join('\n');
    expect(runBash(site, cwd)).toMatchObject({ status: 0 });
    expect(existsSync(join(cwd, 'public/index.html'))).toBe(true);
    const diff = (gitlab['contract-diff']?.script ?? []).join('\n');
    expect(runBash(diff, cwd, { CI_MERGE_REQUEST_DIFF_BASE_SHA: 'HEAD' })).toMatchObject({ status: 0 });
    expect(readFileSync(join(cwd, 'changes.html'), 'utf8')).toContain('1 breaking');
  });
});

const nginx = ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find((path) => existsSync(path));

describe.skipIf(!isBuilt || nginx === undefined)('nginx (skipped: no nginx, or no dist/)', () => {
  let server: ChildProcess | undefined;
  let base = '';

  beforeAll(async () => {
    const root = join(folder, 'html');
    const document = resolve('spec/golden/time/openapi.json');
    const made = runBash(`mkdir -p html && mcpo-docs build --out html/tools --document ${document}`, folder);
    if (made.status !== 0) throw new Error(made.stderr);
    const port = await findPort();
    const conf = readFileSync('deploy/docs/nginx/nginx.conf', 'utf8')
      .replaceAll('/tmp/', `${folder}/`)
      .replace('listen 8080', `listen 127.0.0.1:${port}`)
      .replace('/usr/share/nginx/html', root);
    writeFileSync(join(folder, 'nginx.conf'), conf);
    server = spawn(nginx ?? '', ['-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'], { stdio: 'ignore' });
    base = `http://127.0.0.1:${port}`;
    await vi.waitFor(requireUp, { timeout: 15_000, interval: 50 });
  }, 60_000);
  afterAll(async () => {
    if (server === undefined) return;
    const ended = new Promise((done) => server?.on('close', done));
    server.kill('SIGTERM');
    await ended;
  });

  async function requireUp(): Promise<void> {
    const { ok, status } = await fetch(`${base}/healthz`);
    if (!ok) throw new Error(`nginx answers ${status}`);
  }

  test.each([
    ['/tools/', 'text/html; charset=utf-8'],
    ['/tools/redoc.html', 'text/html; charset=utf-8'],
    ['/tools/openapi.json', 'application/json; charset=utf-8'],
    ['/tools/openapi.yaml', 'application/yaml; charset=utf-8'],
    ['/tools/llms.txt', 'text/plain; charset=utf-8'],
    ['/tools/tools/get_current_time.md', 'text/markdown; charset=utf-8'],
  ])('%s has its type and its headers below a path', async (path, type) => {
    const response = await fetch(`${base}${path}`, { headers: { 'accept-encoding': 'gzip' } });
    expect(response.status).toBe(200);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'content-type': type,
      'content-security-policy': "frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
    expect(headers['server']).toBe('nginx');
    const again = await fetch(`${base}${path}`, { headers: { 'if-none-match': headers['etag'] ?? '' } });
    expect(again.status).toBe(304);
  });

  test('large texts are compressed, assets kept a while', async () => {
    const document = await fetch(`${base}/tools/openapi.json`);
    expect(document.headers.get('content-encoding')).toBe('gzip');
    const page = await (await fetch(`${base}/tools/redoc.html`)).text();
    const asset = /(?:src|href)="(assets\/[^"]+\.js)"/.exec(page)?.[1] ?? '';
    const { status, headers } = await fetch(`${base}/tools/${asset}`);
    expect([status, headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=300, stale-while-revalidate=86400',
    ]);
    expect(headers.get('content-type')).toMatch(/javascript; charset=utf-8$/);
  });

  test('a folder is led to, and nothing else is there: no hidden file, no other method', async () => {
    const folderPage = await fetch(`${base}/tools`, { redirect: 'manual' });
    expect([folderPage.status, folderPage.headers.get('location')]).toEqual([301, '/tools/']);
    for (const path of ['/tools/.nojekyll', '/tools/none.html', '/.git/config'])
      expect((await fetch(`${base}${path}`)).status).toBe(404);
    expect((await fetch(`${base}/tools/`, { method: 'POST' })).status).toBe(403);
    expect((await fetch(`${base}/tools/`, { method: 'HEAD' })).status).toBe(200);
  });
});

async function findPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo; // it listens on TCP
  await new Promise((done) => probe.close(done));
  return port;
}
