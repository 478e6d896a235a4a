import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { verifyCommand } from '../../../../conformance/cli-options.ts';

interface Step {
  readonly id?: string;
  readonly shell?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

interface Action {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

// Written by us; the tests below look at what they use.
const action = parse(readFileSync('action.yml', 'utf8')) as Action;
const [verify, upload] = action.runs.steps;

test('the action is a composite one with a name, descriptions, inputs and outputs', () => {
  expect(action).toMatchObject({ name: 'mcpo-verify', runs: { using: 'composite' } });
  for (const { description } of [action, ...Object.values(action.inputs), ...Object.values(action.outputs)]) {
    expect(description).toMatch(/\w/);
  }
  expect(Object.keys(action.inputs)).toEqual(['command', 'args', 'version', 'fail-on', 'report', 'artifact']);
});

test('each step that runs something names its shell, and takes inputs as variables only', () => {
  expect(verify?.shell).toBe('bash');
  expect(verify?.run).not.toContain('${{');
  const used = JSON.stringify(action.runs.steps).match(/inputs\.[\w-]+/g) ?? [];
  expect(new Set(used)).toEqual(new Set(Object.keys(action.inputs).map((name) => `inputs.${name}`)));
});

test('the report is uploaded when there are findings, too', () => {
  expect(upload?.uses).toMatch(/^actions\/upload-artifact@v\d+$/);
  expect(upload?.if).toContain('!cancelled()');
  expect(upload?.with?.['path']).toBe('${{ inputs.report }}');
});

describe.skipIf(process.platform === 'win32')('its script', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'action-'));
    // Stands for npx, and tells what it was asked for.
    writeFileSync(
      join(folder, 'npx'),
      `#!${process.execPath}
require('node:fs').writeFileSync(process.env.SAID, JSON.stringify(process.argv.slice(2)));
process.exit(Number(process.env.CODE ?? 0));
`,
    );
    chmodSync(join(folder, 'npx'), 0o755);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test('hands over the words of the command and the options, quotes read and nothing substituted', () => {
    const { words } = runScript({
      command: `node "my server.js" --name '$(id) \`id\` $HOME *'`,
      args: '--calls all\n--allow "a b"',
      version: '1.2.3',
    });
    expect(words.slice(0, 5)).toEqual(['--yes', '--package', 'mcpo-toolkit@1.2.3', '--', 'mcpo-verify']);
    const [failOn, report] = [words.slice(5, 7), words.slice(7, 9)];
    expect([failOn, report]).toEqual([
      ['--fail-on', 'error'],
      ['--report', 'html=mcpo-verify.html'],
    ]);
    expect(words.slice(9, 13)).toEqual(['--calls', 'all', '--allow', 'a b']);
    expect(words.slice(13)).toEqual(['--', 'node', 'my server.js', '--name', '$(id) `id` $HOME *']);
  });

  test('says options that mcpo-verify knows', () => {
    const { words } = runScript({ command: 'x' });
    const known = new Set(verifyCommand().options.map(({ long }) => long));
    const said = words.slice(words.indexOf('mcpo-verify') + 1, words.lastIndexOf('--'));
    expect(said.filter((word) => word.startsWith('--') && !known.has(word))).toEqual([]);
  });

  test('ends as mcpo-verify ends, and tells its exit code and report', () => {
    const { code, outputs } = runScript({ command: 'x', code: '1', report: 'out/report.html' });
    expect(code).toBe(1);
    expect(outputs).toBe('report=out/report.html\nexit-code=1\n');
  });

  test('a quote that is not closed ends the step, before anything is run', () => {
    expect(runScript({ command: `node "server.js` })).toEqual({ words: [], code: 2, outputs: '' });
  });

  interface Inputs {
    readonly command: string;
    readonly args?: string;
    readonly version?: string;
    readonly report?: string;
    readonly code?: string;
  }

  function runScript({ command, code = '0', ...inputs }: Inputs): {
    readonly words: readonly string[];
    readonly code: number | null;
    readonly outputs: string;
  } {
    const said = join(folder, 'said.json');
    const outputs = join(folder, 'outputs');
    writeFileSync(outputs, '');
    writeFileSync(said, '[]');
    const values: Readonly<Record<string, string>> = { command, ...inputs };
    const env = Object.fromEntries(
      Object.entries(verify?.env ?? {}).map(([name, expression]) => {
        const input = /inputs\.([\w-]+)/.exec(expression)?.[1] ?? '';
        return [name, values[input] ?? action.inputs[input]?.default ?? ''];
      }),
    );
    const PATH = `${folder}${delimiter}${process.env['PATH']}`;
    // As GitHub runs it: `bash --noprofile --norc -eo pipefail {0}`.
    const script = join(folder, 'script.sh');
    writeFileSync(script, verify?.run ?? '');
    const { status } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
      env: { ...env, PATH, SAID: said, CODE: code, GITHUB_OUTPUT: outputs },
      timeout: 30_000,
    });
    return {
      // Written by the script above.
      words: JSON.parse(readFileSync(said, 'utf8')) as readonly string[],
      code: status,
      outputs: readFileSync(outputs, 'utf8'),
    };
  }
});
