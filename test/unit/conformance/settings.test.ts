import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyCommand, type Flags } from '../../../conformance/cli-options.ts';
import { readWords } from '../../../conformance/cli/read-words.ts';
import { verify, type VerifyEvent, type VerifyOptions } from '../../../conformance/index.ts';
import { settingsOf } from '../../../conformance/settings/settings-of.ts';
import { ConfigError, type JsonObject } from '../../../src/index.ts';
import { answerWell, createMemoryTarget, echoTool } from './memory-target.ts';

const specs = ['verify.config.schema.json', 'verify.baseline.schema.json'];
const schemaText = readFileSync('spec/verify.config.schema.json', 'utf8');
const schema = JSON.parse(schemaText) as {
  readonly properties: JsonObject;
  readonly examples: readonly unknown[];
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(specs)('%s is valid JSON Schema 2020-12, strictly', (name) => {
  const ajv = new Ajv2020({ allowUnionTypes: true, strictRequired: false });
  ajv.addKeyword('errorMessage');
  const text = readFileSync(join('spec', name), 'utf8');
  expect(() => ajv.compile(JSON.parse(text) as object)).not.toThrow();
});

test('every option of the command can be set, but for those that are for one run alone', () => {
  const once = new Set(['help', 'version', 'settings', 'listChecks', 'jsonSchema', 'updateBaseline']);
  const options = verifyCommand()
    .options.map((option) => option.attributeName())
    .filter((name) => !once.has(name));
  const settings = Object.keys(schema.properties).filter((name) => !['$schema', 'tools'].includes(name));
  expect(settings.toSorted()).toEqual([...new Set(options)].toSorted());
});

test('every setting says what it is', () => {
  const silent = Object.entries(schema.properties).filter(
    ([, property]) => !JSON.stringify(property).includes('"description"'),
  );
  expect(silent).toEqual([]);
});

test('settings count where the command line is silent, comments and unread keys among them', () => {
  const flags = read({
    $schema: 'spec/verify.config.schema.json',
    'x-mine': { any: 'thing' },
    calls: 'all',
    concurrency: 3,
    maxTime: '90s',
    requestTimeout: 5,
    shrink: false,
    save: false,
    phases: ['negative', 'coverage'],
    checks: ['wire', 'listing/*'],
  });
  expect(flags).toMatchObject({
    calls: 'all',
    concurrency: 3,
    maxTime: 90_000,
    requestTimeout: 5_000,
    shrink: false,
    save: false,
    phases: ['coverage', 'negative'],
    checks: ['wire', 'listing/*'],
    failOn: 'error',
  });
});

test('the command line wins, lists and switches included', () => {
  const words = ['--calls', 'safe', '--checks', 'wire/ping', '--no-shrink', '--max-time', '1m'];
  const settings = { calls: 'all', checks: ['listing'], shrink: true, maxTime: '2m' };
  expect(read(settings, words)).toMatchObject({
    calls: 'safe',
    checks: ['wire/ping'],
    shrink: false,
    maxTime: 60_000,
  });
});

test('named things of both are joined', () => {
  const settings = {
    env: { LEVEL: 'debug', MODE: 'file' },
    arguments: { echo: { text: 'file' }, add: { a: 1 } },
  };
  const words = ['--env', 'MODE=line', '--arguments', 'echo={"text":"line"}'];
  expect(read(settings, words)).toMatchObject({
    env: { LEVEL: 'debug', MODE: 'line' },
    arguments: { echo: { text: 'line' }, add: { a: 1 } },
  });
});

test('paths are relative to the file', () => {
  const inner = join(folder, 'inner');
  mkdirSync(inner, { recursive: true });
  const path = join(inner, 'settings.json');
  writeFileSync(
    path,
    JSON.stringify({
      cwd: '..',
      baseline: 'known.json',
      saveDir: 'found',
      config: 'mcp.json',
      report: ['json=out/report.json', 'text=-'],
    }),
  );
  const here = (name: string): string => relative('.', join(inner, name));
  expect(flagsOf(['--settings', path])).toMatchObject({
    cwd: relative('.', folder),
    baseline: here('known.json'),
    saveDir: here('found'),
    config: here('mcp.json'),
    report: [
      { format: 'json', path: here('out/report.json') },
      { format: 'text', path: '-' },
    ],
  });
});

test('what is to be known of tools comes from the file', () => {
  const tools = {
    'send_*': { skip: 'sends real mail' },
    look_up: { arguments: { limit: 1 }, examples: [{ name: 'a' }], deterministic: true },
  };
  expect(read({ tools }).tools).toEqual({
    'send_*': { skip: 'sends real mail' },
    look_up: { arguments: { limit: 1 }, examples: [{ name: 'a' }], isDeterministic: true },
  });
});

test('every mistake is told at once, with its place and what is probably meant', () => {
  const path = join(folder, 'wrong.json');
  writeFileSync(
    path,
    `{
  // all of it is wrong
  "shrnk": true,
  "calls": "al",
  "phases": ["coverge"],
  "maxTime": "5 minutes",
  "concurrency": 1,
  "tools": { "a": { "skipp": "x", "deterministic": 1, "examples": [7] } },
}
`,
  );
  const lines = problemsOf(() => flagsOf(['--settings', path])).map((line) => line.slice(path.length + 1));
  expect(lines).toEqual([
    "3:3: unknown key 'shrnk'; did you mean 'shrink'?",
    "4:12: 'calls' is 'al', which is none of safe, all; did you mean 'all'?",
    "5:14: 'phases[0]' is 'coverge', which is none of coverage, negative, fuzzing; did you mean 'coverage'?",
    "6:14: 'maxTime' is no duration; write seconds, or a unit as in 500ms, 90s or 5m",
    "7:18: 'concurrency' must be 2 or more",
    "8:21: unknown key 'skipp'; did you mean 'skip'?",
    "8:52: 'tools.a.deterministic' must be true or false, not a number",
    `8:68: 'tools.a.examples[0]' must be an object, not a number; write it as in {"message":"hi"}`,
  ]);
});

test('what only an option can judge is told with its place too', () => {
  const path = join(folder, 'judged.json');
  writeFileSync(path, '{\n  "report": ["pdf=x"],\n  "protocolVersion": "1999-01-01"\n}\n');
  const lines = problemsOf(() => flagsOf(['--settings', path])).map((line) => line.slice(path.length + 1));
  expect(lines).toEqual([
    expect.stringMatching(/^2:13: 'report': known formats are text, json/),
    expect.stringMatching(/^3:22: 'protocolVersion': Allowed choices are 2025-11-25/),
  ]);
});

test('a file that was named must be there', () => {
  expect(() => flagsOf(['--settings', join(folder, 'none.json')])).toThrow(/cannot read .*none\.json/);
});

test('with --no-settings none are read', () => {
  expect(flagsOf(['--no-settings']).settings).toBe(false);
});

test('of several patterns that match, the later ones add to the earlier ones', () => {
  const tools = { '*': { skip: 'all', isDeterministic: true }, 'ech?': { skip: 'one' }, 'a*b': {} };
  expect(settingsOf(tools, 'echo')).toEqual({ skip: 'one', isDeterministic: true });
  expect(settingsOf({ 'a[b': { skip: 'odd' } }, 'a[b')).toEqual({ skip: 'odd' });
});

test('a tool that is skipped is not called, and the reason is told', async () => {
  const called: unknown[] = [];
  const events = await runOn({ tools: { echo: { skip: 'it is loud' } }, allow: ['echo'] }, (params) =>
    called.push(params),
  );
  expect(called.filter((params) => JSON.stringify(params)?.includes('"echo"'))).toEqual([]);
  expect(events).toContainEqual({
    kind: 'tool-listed',
    tool: 'echo',
    use: { kind: 'not-called', reason: 'your settings skip it: it is loud' },
  });
});

test('a pattern that matches no tool is warned of, with the nearest name', async () => {
  const events = await runOn({ tools: { 'ecko*': {}, eco: {} }, arguments: { ehco: {} } });
  expect(events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []))).toEqual([
    "settings, tools: 'ecko*' matches none; the nearest is 'echo'",
    "settings, tools: 'eco' matches none; the nearest is 'echo'",
    "--arguments 'ehco' matches none; the nearest is 'echo'",
  ]);
});

async function runOn(
  options: Omit<VerifyOptions, 'target'>,
  onCall: (params: unknown) => void = () => {},
): Promise<readonly VerifyEvent[]> {
  const target = createMemoryTarget((message, server) => {
    if (message['method'] === 'tools/call') onCall(message['params']);
    const answer = answerWell(message, [echoTool]);
    if (answer !== undefined) server.send(answer);
  });
  const events: VerifyEvent[] = [];
  for await (const event of verify({ checks: ['wire/ping'], phases: [], ...options, target }))
    events.push(event);
  return events;
}

function read(settings: object, words: readonly string[] = []): Flags {
  const path = join(folder, 'settings.json');
  writeFileSync(path, `// of a test\n${JSON.stringify(settings)}`);
  return flagsOf(['--settings', path, ...words]);
}

function flagsOf(words: readonly string[]): Flags {
  return readWords([...words, '--', 'server']).flags;
}

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
