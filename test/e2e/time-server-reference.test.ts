import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport, getDefaultEnvironment } from '@modelcontextprotocol/sdk/client/stdio.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { createCalls } from '../../src/time-server/calls.ts';
import { createTimeServer } from '../../src/time-server/server.ts';
import { ToolFailure } from '../../src/time-server/tool-failure.ts';
import { zoneNames } from '../../src/time-server/zone-names.ts';
import { type Zone, compileZone } from '../../src/time-server/zone.ts';

/** The release whose behaviour is reproduced. */
const reference = 'mcp-server-time==2026.10.19';
const day = 86_400;
const from = Date.UTC(2023, 0, 1) / 1000;
const until = Date.UTC(2029, 0, 1) / 1000;

let uvxArgs: readonly string[] | undefined;
let absence = '';

beforeAll(() => {
  // Offline first: a cached reference needs no network, and an absent one is found out without waiting for it.
  for (const args of [
    ['--offline', '--from', reference],
    ['--from', reference],
  ]) {
    const run = spawnSync('uvx', [...args, 'python', '-c', 'import mcp_server_time'], {
      timeout: 25_000,
      encoding: 'utf8',
    });
    if (run.status === 0) {
      uvxArgs = args;
      return;
    }
    absence = run.error?.message ?? run.stderr.trim().split('\n').at(-1) ?? '';
  }
});

describe('compared with the reference mcp-server-time', () => {
  test('six years of current times, and every half hour of each day with a clock change, are equal', async (context) => {
    const args = uvxArgs ?? context.skip(`uvx cannot run ${reference}: ${absence}`);
    const zones = [...zoneNames].toSorted().map(compileZone);
    const sampled = zones.map((zone, index) => ({ zone, ...instantsOf(zone, index) }));
    const current = sampled.flatMap(({ zone, moments }) => moments.map((at) => [at, zone.name] as const));
    const convert = sampled.flatMap(({ zone, changes }, index) =>
      changes.flatMap((start) => conversionsAround(start, zone, index, zones)),
    );
    const answers = askReference(args, {
      offsets: Object.fromEntries(sampled.map(({ zone, all }) => [zone.name, all])),
      current,
      convert,
    });

    // Node and Python carry their own releases of the tz database: only where both agree on the offsets
    // does a difference say something about the code.
    const comparable = new Set(
      sampled
        .filter(({ zone, all }) =>
          answers.offsets[zone.name]?.every((offset, at) => offset === zone.offsetSecondsAt(all[at] ?? 0)),
        )
        .map(({ zone }) => zone.name),
    );
    let now = 0;
    const calls = createCalls({ localZone: 'UTC', now: () => now * 1000 });
    const differences: unknown[] = [];
    let compared = 0;
    const compare = (
      tool: string,
      instant: number,
      asked: Readonly<Record<string, string>>,
      theirs: unknown,
    ) => {
      now = instant;
      const ours = outcomeOf(() => calls.get(tool)?.(asked));
      compared++;
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) differences.push({ instant, asked, ours, theirs });
    };
    for (const [index, [instant, timezone]] of current.entries()) {
      if (comparable.has(timezone)) {
        compare('get_current_time', instant, { timezone }, answers.current[index]);
      }
    }
    for (const [index, [instant, source, time, target]] of convert.entries()) {
      if (!comparable.has(source) || !comparable.has(target)) continue;
      const asked = { source_timezone: source, time, target_timezone: target };
      compare('convert_time', instant, asked, answers.convert[index]);
    }
    const leftOut = zones.map(({ name }) => name).filter((name) => !comparable.has(name));
    await context.annotate(
      `${compared} answers compared, ${differences.length} differ; ${comparable.size} of ${zones.length} zones ` +
        `comparable, left out: ${leftOut.join(' ')}`,
    );
    expect(differences.slice(0, 5)).toEqual([]);
    expect(comparable.size).toBeGreaterThan(zones.length * 0.8);
    for (const name of ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Europe/Dublin']) {
      expect(comparable).toContain(name);
    }
  }, 120_000);

  test('the tools as listed have the same names, arguments and annotations', async (context) => {
    const args = uvxArgs ?? context.skip(`uvx cannot run ${reference}: ${absence}`);
    await withClients(args, async (theirs, ours) => {
      expect(await shapesOf(ours)).toEqual(await shapesOf(theirs));
    });
  });

  test('the same calls over the protocol have the same answers', async (context) => {
    const args = uvxArgs ?? context.skip(`uvx cannot run ${reference}: ${absence}`);
    await withClients(args, async (theirs, ours) => {
      const conversion = {
        name: 'convert_time',
        arguments: { source_timezone: 'Asia/Tokyo', time: '9:5', target_timezone: 'Asia/Kathmandu', x: 1 },
      };
      await expect
        // Asked again when midnight passes between the two.
        .poll(async () => {
          const [one, other] = [await theirs.callTool(conversion), await ours.callTool(conversion)];
          return JSON.stringify(one['content']) === JSON.stringify(other['content']);
        })
        .toBe(true);

      const question = { name: 'get_current_time', arguments: { timezone: 'America/New_York' } };
      const instants = [await theirs.callTool(question), await ours.callTool(question)].map((result) => {
        const { datetime } = result.structuredContent as { datetime: string };
        return Date.parse(datetime);
      });
      expect(Math.abs((instants[0] ?? 0) - (instants[1] ?? NaN))).toBeLessThan(5_000);

      for (const bad of [
        { name: 'get_current_time', arguments: { timezone: 'europe/paris' } },
        { name: 'get_current_time', arguments: { timezone: 'JST' } },
        { name: 'get_current_time', arguments: { timezone: '+01:00' } },
        { name: 'get_current_time', arguments: { timezone: '../UTC' } },
        { name: 'get_current_time', arguments: { timezone: '' } },
        { name: 'get_current_time' },
        { name: 'convert_time', arguments: { ...conversion.arguments, time: '24:00' } },
        { name: 'convert_time', arguments: { ...conversion.arguments, time: ' 9:00' } },
        { name: 'convert_time', arguments: { ...conversion.arguments, time: '9:60' } },
        { name: 'convert_time', arguments: { ...conversion.arguments, time: '9:00:00' } },
      ]) {
        for (const client of [theirs, ours]) {
          expect({ bad, isError: (await client.callTool(bad)).isError }).toEqual({ bad, isError: true });
        }
      }
      for (const client of [theirs, ours]) {
        await expect(client.callTool({ name: 'nope' })).rejects.toMatchObject({ code: -32602 });
      }
    });
  });
});

async function shapesOf(client: Client) {
  const { tools } = await client.listTools();
  return tools.map(({ name, annotations, inputSchema, outputSchema }) => ({
    name,
    annotations,
    arguments: Object.keys(inputSchema.properties ?? {}),
    required: inputSchema.required,
    additionalProperties: inputSchema['additionalProperties'],
    results: Object.keys(outputSchema?.properties ?? {}),
  }));
}

/** What is asked of a zone: current times, the days of 2026 on which its offset changes, and all offsets. */
function instantsOf(zone: Zone, index: number) {
  // Not whole days, so that every hour of the day is met.
  const moments = range(from + index * 61, until, 37 * day + 5 * 3600);
  const changes = range(Date.UTC(2026, 0, 1) / 1000, Date.UTC(2027, 0, 1) / 1000, day).filter(
    (start) => zone.offsetSecondsAt(start) !== zone.offsetSecondsAt(start + day),
  );
  // Weekly, as no offset holds for less; a year more on both sides, as DST is derived from what surrounds it.
  const weekly = range(from - 366 * day, until + 366 * day, 7 * day);
  // The other database may have the change at another hour.
  const close = changes.flatMap((start) => range(start - day, start + 2 * day, 1800));
  return { moments, changes, all: [...weekly, ...moments, ...close] };
}

/** Every half hour of the local days around a change, to a target that varies. */
function conversionsAround(start: number, zone: Zone, index: number, zones: readonly Zone[]) {
  // The change may fall on the local day before or after the one of `start` in UTC.
  return [start, start + day].flatMap((instant) =>
    range(0, 48, 1).map((halfHour) => {
      const time = `${Math.floor(halfHour / 2)}:${halfHour % 2 === 0 ? '00' : '30'}`.padStart(5, '0');
      const target = zones[(index * 31 + halfHour * 7) % zones.length]?.name ?? 'UTC';
      return [instant, zone.name, time, target] as const;
    }),
  );
}

function range(start: number, end: number, step: number): readonly number[] {
  return Array.from({ length: Math.ceil((end - start) / step) }, (_, index) => start + index * step);
}

interface Answers {
  readonly offsets: Readonly<Record<string, readonly number[] | null>>;
  readonly current: readonly unknown[];
  readonly convert: readonly unknown[];
}

function askReference(args: readonly string[], questions: object): Answers {
  const script = readFileSync(new URL('time-server-reference.py', import.meta.url), 'utf8');
  const run = spawnSync('uvx', [...args, 'python', '-c', script], {
    input: JSON.stringify(questions),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    timeout: 90_000,
  });
  if (run.status !== 0) throw new Error(`the reference failed: ${run.error?.message ?? run.stderr}`);
  return JSON.parse(run.stdout) as Answers;
}

function outcomeOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    return { error: error.message };
  }
}

async function withClients(
  args: readonly string[],
  use: (theirs: Client, ours: Client) => Promise<void>,
): Promise<void> {
  const theirs = new Client({ name: 'test', version: '0' });
  const ours = new Client({ name: 'test', version: '0' });
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  try {
    await createTimeServer().connect(serverSide);
    await ours.connect(clientSide);
    await theirs.connect(
      new StdioClientTransport({
        command: 'uvx',
        args: [...args, 'mcp-server-time'],
        env: getDefaultEnvironment(),
        stderr: 'ignore',
      }),
    );
    await use(theirs, ours);
  } finally {
    await Promise.all([theirs.close(), ours.close()]);
  }
}
