import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

/** What the tests read of a bill of materials (CycloneDX 1.5). */
interface Bill {
  readonly bomFormat: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: ReadonlyArray<{ readonly ref: string; readonly dependsOn: readonly string[] }>;
}

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly unknown[];
  readonly licenses?: readonly unknown[];
}

interface LockedPackage {
  readonly version: string;
  readonly dev?: boolean;
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

interface Step {
  readonly name?: string;
  readonly run?: string;
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The project as far as a release looks at it; what is built is a file that says so. */
function copyProject(): string {
  const to = mkdtempSync(join(folder, 'project-'));
  for (const name of ['package.json', 'package-lock.json', '.npmrc', '.ci', 'LICENSE', 'README.md'])
    cpSync(name, join(to, name), { recursive: true });
  mkdirSync(join(to, 'dist'));
  writeFileSync(join(to, 'dist', 'built.txt'), 'built\n');
  writeFileSync(
    join(to, 'CHANGELOG.md'),
    '# Changelog\n\n## Unreleased\n\n## 0.1.0 - 2026-01-01\n\n- The first.\n\n## 0.0.9\n\n- Before.\n',
  );
  return to;
}

/** As a runner does: Bash that stops at the first failure. */
function runBash(script: string, cwd: string, env: Readonly<Record<string, string>> = {}) {
  return spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd,
    encoding: 'utf8',
    timeout: 50_000,
    env: { ...process.env, ...env },
  });
}

function stepOf(job: string, name: string): string {
  // A file of ours.
  const { jobs } = parse(readFileSync('.github/workflows/release.yml', 'utf8')) as Workflow;
  const step = jobs[job]?.steps.find((each) => each.name === name);
  if (step?.run === undefined) throw new Error(`${job} has no step '${name}' that runs`);
  return step.run;
}

/** Asks a registry that answers so. */
async function audit(status: number, answer: unknown): Promise<[number | null, string]> {
  const registry = createServer((request, response) => {
    // It is asked for the versions of a package that has an advisory, too.
    const versions = { '1.0.0': { name: 'fastify', version: '1.0.0' } };
    const known = { name: 'fastify', 'dist-tags': { latest: '1.0.0' }, versions };
    const isAudit = request.method === 'POST';
    const body = JSON.stringify(isAudit ? answer : known);
    request.resume().once('end', () => response.writeHead(isAudit ? status : 200).end(body));
  });
  await once(registry.listen(0, '127.0.0.1'), 'listening');
  const { port } = registry.address() as AddressInfo; // it listens on TCP
  const child = spawn(process.execPath, ['.ci/audit.mjs'], {
    env: {
      ...process.env,
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_fetch_retries: '0',
      npm_config_cache: mkdtempSync(join(folder, 'cache-')),
    },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 50_000,
  });
  const said = text(child.stdout);
  const [code] = (await once(child, 'exit')) as [number | null]; // of Node's documentation
  registry.close();
  return [code, await said];
}

describe('the workflow of a release', () => {
  test('a tag that is not the version ends it', () => {
    const step = stepOf('build', 'The tag is the version');
    const cwd = copyProject();
    expect(runBash(step, cwd, { GITHUB_REF_NAME: 'v0.1.0' }).status).toBe(0);
    const other = runBash(step, cwd, { GITHUB_REF_NAME: 'v0.2.0' });
    expect([other.status, other.stdout]).toEqual([
      1,
      expect.stringContaining('::error::The tag is v0.2.0, and the version in package.json 0.1.0'),
    ]);
  });

  test('publishes a package that says where it is from, its bill of materials, and what is new', () => {
    const cwd = copyProject();
    const made = runBash(stepOf('build', 'What is released'), cwd, { GITHUB_REPOSITORY: 'Some-One/tools' });
    expect([made.status, made.stderr.replaceAll(/^npm warn.*\n/gm, '')]).toEqual([0, '']);
    expect(new Set(readdirSync(join(cwd, 'release')))).toEqual(
      new Set(['SHA256SUMS', 'mcpo-toolkit-0.1.0.cdx.json', 'mcpo-toolkit-0.1.0.tgz', 'notes.md']),
    );
    const packed = runBash('tar -xzOf release/*.tgz package/package.json', cwd).stdout;
    expect(JSON.parse(packed)).toMatchObject({
      name: 'mcpo-toolkit',
      repository: { type: 'git', url: 'git+https://github.com/Some-One/tools.git' },
    });
    expect(readFileSync(join(cwd, 'release', 'notes.md'), 'utf8').trim()).toBe('- The first.');

    // What the later jobs do, with commands that write down what they were asked.
    const bin = join(cwd, 'bin');
    mkdirSync(bin);
    for (const name of ['npm', 'gh']) {
      writeFileSync(join(bin, name), `#!/usr/bin/env bash\necho ${name} "$@"\n`);
      chmodSync(join(bin, name), 0o755);
    }
    const env = { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`, GITHUB_REF_NAME: 'v0.1.0' };
    const publish = runBash(stepOf('npm', 'Publish'), cwd, env);
    expect(publish.stdout).toContain(
      'npm publish --provenance --access public --ignore-scripts ./mcpo-toolkit-0.1.0.tgz',
    );
    const release = runBash(stepOf('github', 'Release'), cwd, env);
    expect(release.stdout).toContain('gh release create v0.1.0 --verify-tag');
    expect(release.stdout).toContain('./mcpo-toolkit-0.1.0.tgz ./mcpo-toolkit-0.1.0.cdx.json SHA256SUMS');

    writeFileSync(join(cwd, 'release', 'mcpo-toolkit-0.1.0.tgz'), 'another');
    for (const [job, name] of [
      ['npm', 'Publish'],
      ['github', 'Release'],
    ] as const) {
      const refused = runBash(stepOf(job, name), cwd, env);
      expect(refused.status).not.toBe(0);
      expect(refused.stdout).not.toMatch(/publish|create/);
    }
  });

  test('a version that the changelog does not know ends it', () => {
    const cwd = copyProject();
    writeFileSync(
      join(cwd, 'CHANGELOG.md'),
      '# Changelog\n\n## Unreleased\n\n- More.\n\n## 0.1.01\n\n- Not it.\n',
    );
    const made = runBash(stepOf('build', 'What is released'), cwd, { GITHUB_REPOSITORY: 'o/r' });
    expect([made.status, made.stderr]).toEqual([1, "CHANGELOG.md has no section '## 0.1.0'\n"]);
  });
});

test('the bill of materials names each package that users install or get a copy of, and no other', () => {
  const made = spawnSync(process.execPath, ['.ci/sbom.mjs'], { encoding: 'utf8', timeout: 50_000 });
  const bill = JSON.parse(made.stdout) as Bill; // npm's, and checked below as far as it is used
  expect([bill.bomFormat, bill.metadata.component.name]).toEqual(['CycloneDX', 'mcpo-toolkit']);
  // The file has this shape in version 3 of its format.
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const copies = new Set(['minisearch', 'redoc', 'swagger-ui-dist', 'uplot']);
  const expected = Object.entries(lock.packages)
    .map(([path, { version, dev }]) => ({
      path,
      version,
      dev,
      name: path.split('node_modules/').at(-1) ?? '',
    }))
    .filter(({ path, dev, name }) => path !== '' && (dev !== true || copies.has(name)))
    .map(({ name, version }) => `${name}@${version}`);
  const refs = bill.components.map((each) => each['bom-ref']);
  expect(new Set(refs)).toEqual(new Set(expected));
  for (const { name, purl, hashes, licenses } of bill.components) {
    expect(purl).toMatch(/^pkg:npm\//);
    expect([name, hashes?.length, licenses?.length]).toEqual([name, 1, 1]);
  }
  const known = new Set([...refs, 'mcpo-toolkit@0.1.0']);
  for (const { ref, dependsOn } of bill.dependencies)
    for (const each of [ref, ...dependsOn]) expect(known).toContain(each);
  expect(made.stdout).not.toContain(process.cwd());
});

test('what is installed is counted and weighed, and too much of it is a failure', () => {
  const at = join(folder, 'installed');
  const write = (count: number, bytes: number): void => {
    const packages: Record<string, object> = {};
    for (let index = 0; index < count; index += 1) {
      const path = `node_modules/p${index}`;
      packages[path] = {};
      mkdirSync(join(at, path), { recursive: true });
      writeFileSync(join(at, path, 'index.js'), Buffer.alloc(bytes));
    }
    writeFileSync(join(at, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
  };
  const run = () =>
    spawnSync(process.execPath, ['.ci/dependencies.mjs', at], { encoding: 'utf8', timeout: 50_000 });
  write(3, 1_000);
  expect(run()).toMatchObject({ status: 0, stdout: expect.stringMatching(/ 3 packages[^]* 3000 bytes/) });
  write(1, 200_000_000);
  expect(run().status).toBe(1);
  write(1_000, 10);
  expect(run().status).toBe(1);
});

describe('the audit', () => {
  const advisory = {
    id: 1,
    url: 'https://advisories.example/1',
    title: 'Made up',
    severity: 'high',
    vulnerable_versions: '>=0',
  };

  test('fails for a high advisory about what users install', async () => {
    const [code, said] = await audit(200, { fastify: [advisory] });
    expect(said).toContain('audit: high fastify Made up https://advisories.example/1');
    expect(code).toBe(1);
  });

  test('names lesser ones, and passes', async () => {
    const [code, said] = await audit(200, { fastify: [{ ...advisory, severity: 'moderate' }] });
    expect(said).toContain('audit: moderate fastify');
    expect(code).toBe(0);
    expect(await audit(200, {})).toEqual([0, 'audit: 0 packages with advisories\n']);
  });

  test('says that nothing was judged where the registry has no such answer, and passes', async () => {
    const [code, said] = await audit(405, { error: 'no' });
    expect(said).toContain('audit: not judged, the registry does not answer');
    expect(code).toBe(0);
  });
});
