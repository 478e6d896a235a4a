import { expect, test } from 'vitest';
import { createProgressReporter } from '../../../../conformance/reporters/progress.ts';
import { findings } from './event-fixture.ts';

const CLEAR = '\r\u001b[K';

test('one line tells the piece of work, how many there are, the time, and what was found so far', () => {
  const { reporter, written, tick } = start();
  reporter.onEvent({ kind: 'progress', done: 2, total: 9, now: 'calls of echo' });
  expect(written()).toBe('[3/9 0:00] calls of echo …');
  reporter.onEvent({ kind: 'finding', finding: findings[0]! });
  tick(65_000);
  expect(written()).toBe('[3/9 1:05, 1 found] calls of echo …');
});

test('it is never longer than the terminal, nor commands it', () => {
  const { reporter, written } = start(30);
  reporter.onEvent({ kind: 'progress', done: 0, total: 1, now: `\u001b[2J${'x'.repeat(99)}` });
  expect(written()).toBe(String.raw`[1/1 0:00] \u001b[2Jxxxxxxxx…`);
});

test('nothing of it is left when others write, at the end of a run, and at the end', () => {
  const { reporter, written, tick, isTicking } = start();
  reporter.onEvent({ kind: 'progress', done: 0, total: 1, now: 'pings' });
  reporter.onEvent({ kind: 'warning', message: 'x' });
  expect(written()).toBe('');
  tick(1_000);
  expect(written()).toContain('pings');
  reporter.onEvent({ kind: 'run-failed', message: 'x', stderrTail: [] });
  tick(1_000);
  expect(written()).toBe('');
  reporter.onEnd?.();
  expect(written()).toBe('');
  expect(isTicking()).toBe(false);
});

function start(columns = 80): {
  readonly reporter: ReturnType<typeof createProgressReporter>;
  /** What stands on the line. */
  readonly written: () => string;
  readonly tick: (ms: number) => void;
  readonly isTicking: () => boolean;
} {
  let text = '';
  let nowMs = 1_000;
  let onTick: (() => void) | undefined;
  const reporter = createProgressReporter(
    (part) => {
      text += part;
    },
    {
      now: () => nowMs,
      columns: () => columns,
      everySecond: (callback) => {
        onTick = callback;
        return () => {
          onTick = undefined;
        };
      },
    },
  );
  return {
    reporter,
    written: () => text.slice(text.lastIndexOf(CLEAR) + CLEAR.length),
    tick: (ms) => {
      nowMs += ms;
      onTick?.();
    },
    isTicking: () => onTick !== undefined,
  };
}
