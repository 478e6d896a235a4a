import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send } from '../fixtures/http-client.ts';
import { answerCases } from './compat/answer-cases.ts';
import { argumentCases } from './compat/argument-cases.ts';
import { titleOf, type CompatCase, type Target } from './compat/compat-case.ts';
import { compare, type Comparison } from './compat/compare.ts';
import { withoutLostKeywords } from './compat/lost-keywords.ts';
import { routeCases } from './compat/route-cases.ts';
import { findMcpo, startMcpo, type McpoProcess } from './compat/mcpo-process.ts';
import { commandOf } from './reference-server.ts';

const mcpo = findMcpo();
// The reporter shows the title of what is skipped.
const note = 'reason' in mcpo ? ` (skipped: ${mcpo.reason})` : '';

const typed = fileURLToPath(new URL('../fixtures/upstreams/typed.mjs', import.meta.url));
const timeServer = fileURLToPath(new URL('../../dist/src/cli/time-server.js', import.meta.url));
const time = [process.execPath, timeServer, '--local-timezone', 'UTC'];

interface Pair {
  readonly theirs: number;
  readonly ours: number;
}

describe.skipIf('reason' in mcpo || !isBuilt)(`--compat mcpo beside mcpo 0.0.20${note}`, () => {
  const root = mkdtempSync(join(tmpdir(), 'compat-'));
  const folder = join(root, 'files');
  const starting: Promise<McpoProcess | GatewayProcess>[] = [];
  const pairs = new Map<Target, Pair>();

  beforeAll(async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.txt'), 'one\ntwo\nthree\n');
    const keyed = ['--api-key', 'secret'];
    const everything = commandOf('server-everything');
    const entries = await Promise.all([
      startPair('config', undefined, (side) => ['--config', writeConfig(side)]),
      startPair('keyed', everything, () => keyed),
      startPair('strict', time, () => [...keyed, '--strict-auth']),
    ]);
    for (const [target, pair] of entries) pairs.set(target, pair);
  }, 90_000);

  afterAll(async () => {
    // When one fails to start, others may still be about to.
    const outcomes = await Promise.allSettled(starting);
    await Promise.all(
      outcomes.map(async (outcome) => outcome.status === 'fulfilled' && (await outcome.value.stop())),
    );
    rmSync(root, { recursive: true, force: true });
  }, 60_000);

  async function startPair(
    target: Target,
    server: readonly string[] | undefined,
    flagsFor: (side: 'theirs' | 'ours') => readonly string[],
  ): Promise<readonly [Target, Pair]> {
    if ('reason' in mcpo) throw new Error(mcpo.reason);
    const both = [
      startMcpo(mcpo, [...flagsFor('theirs'), ...(server === undefined ? [] : ['--', ...server])]),
      startGateway(server, { flags: ['--compat', 'mcpo', ...flagsFor('ours')] }),
    ] as const;
    starting.push(...both);
    const [theirs, ours] = await Promise.all(both);
    return [target, { theirs: theirs.port, ours: ours.port }];
  }

  /** The same servers for both; those that keep something on disk have a file of their own. */
  function writeConfig(side: string): string {
    const mcpServers = {
      time: entry(time),
      everything: entry(commandOf('server-everything')),
      memory: entry(commandOf('server-memory'), { MEMORY_FILE_PATH: join(root, `${side}.jsonl`) }),
      filesystem: entry(commandOf('server-filesystem', [folder])),
      typed: entry([process.execPath, typed]),
      dead: entry([join(root, 'nothing-is-here')]),
    };
    const path = join(root, `${side}.json`);
    writeFileSync(path, JSON.stringify({ mcpServers }));
    return path;
  }

  function portsOf(target: Target): Pair {
    const pair = pairs.get(target);
    if (pair === undefined) throw new Error(`${target} was not started`);
    return pair;
  }

  async function ask({ target, path, request }: CompatCase): Promise<Comparison> {
    const { theirs, ours } = portsOf(target);
    return compare(await send(theirs, path, request), await send(ours, path, request));
  }

  test('answers agree, but for the differences that the rules name (COMPAT-01, COMPAT-04, COMPAT-05, COMPAT-06, COMPAT-07, COMPAT-08, COMPAT-09, COMPAT-10, COMPAT-11, COMPAT-12)', async () => {
    const cases = [...argumentCases(), ...answerCases(folder), ...routeCases()];
    expect(cases.length).toBeGreaterThan(300);
    const titles = cases.map(titleOf);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
    const outcomes: { readonly one: CompatCase; readonly comparison: Comparison }[] = [];
    // One after the other: the servers keep state.
    for (const one of cases) outcomes.push({ one, comparison: await ask(one) });
    process.stdout.write(`${toTable(outcomes)}\n`);
    const isDifferent = ({ comparison }: (typeof outcomes)[number]): boolean =>
      comparison.kind === 'different';
    const unexpected = outcomes.filter(
      (outcome) => isDifferent(outcome) && outcome.one.differs === undefined,
    );
    const stale = outcomes.filter((outcome) => !isDifferent(outcome) && outcome.one.differs !== undefined);
    expect(unexpected.map(({ one, comparison }) => `${titleOf(one)}: ${comparison.note}`)).toEqual([]);
    expect(stale.map(({ one }) => `${titleOf(one)}: no longer ${one.differs}`)).toEqual([]);
  }, 60_000);

  test.each(['time', 'everything', 'memory', 'filesystem'])(
    'without what mcpo drops, the document of %s is the same to the letter (COMPAT-02, COMPAT-03)',
    async (server) => {
      const { theirs, ours } = portsOf('config');
      const path = `/${server}/openapi.json`;
      const [left, right] = [
        await send(theirs, path, { method: 'GET' }),
        await send(ours, path, { method: 'GET' }),
      ];
      expect(JSON.stringify(withoutLostKeywords(right.json()))).toBe(left.text);
    },
  );
});

function entry([command, ...args]: readonly string[], env = {}): object {
  return { command, args, env };
}

function toTable(outcomes: readonly { readonly one: CompatCase; readonly comparison: Comparison }[]): string {
  const count = (kind: Comparison['kind']): number =>
    outcomes.filter(({ comparison }) => comparison.kind === kind).length;
  const lines = outcomes
    .filter(({ comparison }) => comparison.kind === 'different')
    .map(
      ({ one, comparison }) => `  ${one.differs ?? 'UNEXPECTED'}  ${titleOf(one)}\n      ${comparison.note}`,
    );
  return [
    `${outcomes.length} requests: ${count('same_bytes')} the same to the letter, ${count('same_value')} the same JSON,`,
    `${count('different')} different:`,
    ...lines.toSorted(),
  ].join('\n');
}
