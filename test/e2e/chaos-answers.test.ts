import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isBuilt } from '../fixtures/gateway-process.ts';
import { startChaos, type ChaosGateway, type Holdings } from './chaos/chaos-gateway.ts';
import { users, type Plan } from './chaos/crowd.ts';
import type { PlannedCall } from './chaos/outcome.ts';
import { count, expectAnswers, expectQuiet, expectRest, warmUp } from './chaos/trial.ts';

/** Of every `oneIn` users, one makes an odd call first; all others overtake each other. */
function mostlyPlain(odd: readonly PlannedCall[], oneIn: number): Plan {
  return (user, step) => {
    if (step === 2) return undefined;
    if (step === 0 && user % oneIn === 0) return odd[(user / oneIn) % odd.length];
    return { tool: 'work', ms: (user * 37 + step * 61) % 50, pad: (user * step) % 300, endings: ['ok'] };
  };
}

describe.skipIf(!isBuilt || process.platform === 'win32')(
  `${users} users of a server that answers oddly`,
  () => {
    let chaos: ChaosGateway;
    let before: Holdings;

    beforeAll(async () => {
      chaos = await startChaos({ flags: ['--max-message', '1MiB'] });
      before = await warmUp(chaos);
    });

    afterAll(async () => await chaos.stop());

    test.each<readonly [string, readonly string[], number]>([
      [
        'writes answers in odd forms',
        ['string_id', 'float_id', 'result_first', 'spaced', 'batch', 'escaped'],
        1,
      ],
      ['answers the last call first', ['hold'], 1],
      ['cuts lines in two, at one byte after the other', ['split'], 1],
      ['writes single bytes', ['bytes'], 4],
      ['answers twice', ['twice'], 2],
      ['answers ids that nobody asked for', ['unknown_ids'], 4],
      ['prints garbage between its messages (ERR-10)', ['garbage'], 4],
      ['floods the gateway with notifications', ['flood_notifications'], 20],
      ['floods it with requests', ['flood_requests'], 20],
      ['says again and again that its tools have changed', ['flood_list_changed'], 20],
      ['floods its stderr', ['flood_stderr'], 20],
      ['stops reading for a while', ['deaf_for_a_while'], 40],
      ['does one thing for a while', ['busy'], 40],
    ])('get their own answers from one that %s', async (_what, hows, oneIn) => {
      const { pid } = await chaos.facts();
      const odd = hows.map((how): PlannedCall => ({ tool: 'work', how, pad: 9, endings: ['ok'] }));
      const tally = await expectAnswers(chaos, mostlyPlain(odd, oneIn));
      expect(count(tally, 'ok')).toBe(2 * users);
      expect((await chaos.facts()).pid).toBe(pid);
      await expectQuiet(chaos, before);
    });

    test('get their own answers from one that is stopped now and then', async () => {
      const { pid } = await chaos.facts();
      const plan = mostlyPlain([{ tool: 'work', how: 'split', endings: ['ok'] }], 2);
      const tally = await expectAnswers(chaos, plan, async () => {
        for (let stop = 0; stop < 5; stop += 1) {
          process.kill(pid, 'SIGSTOP');
          await sleep(60);
          process.kill(pid, 'SIGCONT');
          await sleep(20);
        }
        return 0;
      });
      expect(count(tally, 'ok')).toBe(2 * users);
      await expectQuiet(chaos, before);
    });

    test.each<readonly [string, readonly PlannedCall[]]>([
      [
        'does not come, or not in time, or not in one piece (ERR-08, ERR-10)',
        [
          { tool: 'work_brief', how: 'never', endings: ['upstream_timeout'] },
          { tool: 'work_brief', how: 'late', ms: 1_500, endings: ['upstream_timeout'] },
          { tool: 'work_brief', how: 'half_line', endings: ['upstream_timeout'] },
          { tool: 'work_brief', how: 'glued', endings: ['upstream_timeout'] },
        ],
      ],
      [
        'is no result, or not a good one (ERR-05, ERR-09)',
        [
          { tool: 'work', how: 'no_result', endings: ['invalid_result'] },
          { tool: 'work', how: 'no_content', endings: ['invalid_result'] },
          { tool: 'work', how: 'error', endings: ['upstream_error'] },
          { tool: 'work', how: 'odd_error', endings: ['upstream_error'] },
          { tool: 'work', how: 'rejected', endings: ['rejected_arguments'] },
          { tool: 'work', how: 'tool_error', endings: ['tool_error'] },
          { tool: 'work', how: 'large', pad: 600_000, endings: ['result_too_large'] },
        ],
      ],
    ])('are told so where an answer %s; others get theirs', async (_what, odd) => {
      const { pid } = await chaos.facts();
      const tally = await expectAnswers(chaos, mostlyPlain(odd, 5));
      expect(count(tally, 'ok')).toBe(2 * users - users / 5);
      for (const { endings } of odd) expect(count(tally, ...endings)).toBeGreaterThan(0);
      expect((await chaos.facts()).pid).toBe(pid);
      await expectQuiet(chaos, before);
    });

    test('leave nothing behind, and answers that no call waited for are counted', async () => {
      await expectRest(chaos, before);
      await vi.waitFor(
        async () =>
          expect((await chaos.status()).strays).toMatchObject({ duplicate: users / 2, late: users / 20 }),
        { timeout: 15_000 },
      );
    });
  },
);
