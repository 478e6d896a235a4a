import { getEventListeners } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Pipeline } from '../../src/upstream/calls/pipeline.ts';
import { Inbound } from '../../src/upstream/stdio/inbound.ts';
import type { CallOutcome } from '../../src/upstream/upstream.ts';
import { createManualClock, type ManualClock } from '../fixtures/manual-clock.ts';
import { createRecordingLogger } from '../fixtures/recording-logger.ts';

/** What a server may write, in whatever order; `call` is the index of a call. */
type Line =
  | { readonly kind: 'answer'; readonly call: number; readonly form: (id: number, result: string) => string }
  | { readonly kind: 'other'; readonly text: string };

const maxMessageBytes = 2_000;
const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', 'é', '漢', '🔑', '\n'), maxLength: 20 });

const form = fc.constantFrom(
  (id: number, result: string) => `{"jsonrpc":"2.0","id":${id},"result":${result}}\n`,
  (id: number, result: string) => `{"result":${result},"jsonrpc":"2.0","id":${id}}\r\n`,
  (id: number, result: string) => `{"id":"${id}", "extra":[{}], "result":${result}}\n\n`,
  (id: number, result: string) => `[{"id":${id},"result":${result},"jsonrpc":"2.0"}]\n`,
);

const other = fc.oneof(
  text.map((said) => `${JSON.stringify({ said })}\n`),
  text.map((said) => `banner ${said}\n`),
  fc.constantFrom(
    '{"jsonrpc":"2.0","id":1,"result":{}}\n',
    '{"jsonrpc":"2.0","id":2147483647,"result":{}}\n',
    '{"jsonrpc":"2.0","method":"notifications/message","params":{}}\n',
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":5,"progress":1}}\n',
    '[{"jsonrpc":"2.0",\n',
    `${'x'.repeat(maxMessageBytes + 1)}\n`,
  ),
);

const line: fc.Arbitrary<Line> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('answer' as const), call: fc.nat(5), form }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('other' as const), text: other }) },
);

/** Callers of a server whose output comes in pieces. */
class World {
  readonly clock: ManualClock = createManualClock();
  readonly outcomes: CallOutcome[][] = [];
  readonly aborts: AbortController[] = [];
  readonly ids: number[] = [];
  readonly pipeline: Pipeline;
  readonly inbound: Inbound;

  constructor(calls: number) {
    const options = { clock: this.clock, logger: createRecordingLogger(), maxMessageBytes };
    const write = (message: string): void => {
      const { id } = JSON.parse(message) as { id?: number };
      if (id !== undefined) this.ids.push(id);
    };
    this.pipeline = new Pipeline({ canSend: true, write }, options);
    this.inbound = new Inbound({ ...options, pipeline: this.pipeline, onMessage: () => undefined });
    for (let index = 0; index < calls; index += 1) this.#call(index);
  }

  #call(index: number): void {
    const abort = new AbortController();
    const outcomes: CallOutcome[] = [];
    this.aborts.push(abort);
    this.outcomes.push(outcomes);
    const call = { tool: 't', argumentsJson: '{}', timeoutMs: 100 + index, signal: abort.signal };
    void this.pipeline.call(call).then((outcome) => outcomes.push(outcome));
  }

  /** What the server writes. */
  toBytes(lines: readonly Line[]): Buffer {
    const texts = lines.map((each) =>
      each.kind === 'other' ? each.text : each.form(this.ids[each.call] ?? 0, resultOf(each.call)),
    );
    return Buffer.from(texts.join(''));
  }
}

describe('a pipeline behind a pipe', () => {
  test('any chunking of any sequence of messages gives each call its own answer, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        async (lines, at) => {
          const world = new World(6);
          for (const chunk of cut(world.toBytes(lines), at)) world.inbound.push(chunk);
          await new Promise(setImmediate);
          const answered = new Set(lines.map((each) => (each.kind === 'answer' ? each.call : undefined)));
          for (const [index, outcomes] of world.outcomes.entries())
            expect(outcomes.map(toText)).toStrictEqual(answered.has(index) ? [resultOf(index)] : []);
          world.pipeline.lose('gone', 0);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('any schedule of chunks, timeouts, cancels and the exit settles every call once, truly', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(line, { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        fc.array(fc.nat(5), { maxLength: 3 }),
        fc.array(fc.nat(120), { maxLength: 3 }),
        async (s, lines, at, aborted, waits) => {
          const world = new World(6);
          const chunks = cut(world.toBytes(lines), at);
          s.scheduleSequence(chunks.map((chunk) => async () => world.inbound.push(chunk)));
          for (const index of aborted)
            void s.schedule(Promise.resolve()).then(() => world.aborts[index]?.abort());
          for (const ms of waits) void s.schedule(Promise.resolve()).then(() => world.clock.advance(ms));
          const exit = async (): Promise<void> => {
            await s.schedule(Promise.resolve());
            world.inbound.end();
            world.pipeline.lose('gone', 0);
          };
          await Promise.all([exit(), s.waitIdle()]);
          await new Promise(setImmediate);
          for (const [index, outcomes] of world.outcomes.entries()) {
            const [outcome, ...more] = outcomes;
            expect(more).toStrictEqual([]);
            expect(isTruth(world, lines, index, outcome)).toBe(true);
          }
          for (const { signal } of world.aborts) expect(getEventListeners(signal, 'abort')).toHaveLength(0);
          expect([world.pipeline.inFlight, world.clock.timers]).toStrictEqual([0, 0]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function isTruth(
  world: World,
  lines: readonly Line[],
  index: number,
  outcome: CallOutcome | undefined,
): boolean {
  switch (outcome?.kind) {
    case 'result':
      return (
        toText(outcome) === resultOf(index) &&
        lines.some((each) => each.kind === 'answer' && each.call === index)
      );
    case 'cancelled':
      return world.aborts[index]?.signal.aborted === true;
    case 'timeout':
      return world.clock.now() >= 100 + index;
    case 'lost':
      return true;
    case undefined:
    default:
      return false;
  }
}

function resultOf(call: number): string {
  return `{"of":${call},"said":"é漢🔑\\n"}`;
}

function toText(outcome: CallOutcome): string {
  return outcome.kind === 'result' ? outcome.resultJson.toString() : outcome.kind;
}

function cut(bytes: Buffer, at: readonly number[]): readonly Buffer[] {
  const places = at.map((place) => place % (bytes.length + 1)).toSorted((one, next) => one - next);
  return [...places, bytes.length].map((end, index) => bytes.subarray(places[index - 1] ?? 0, end));
}
