import { describe, expect, test } from 'vitest';
import { isBuilt } from '../fixtures/gateway-process.ts';
import { startChaos } from './chaos/chaos-gateway.ts';
import { users } from './chaos/crowd.ts';
import { createRandom, randomPlan, torment } from './chaos/random-mix.ts';
import { count, expectAnswers, expectRecovery, expectRest, warmUp } from './chaos/trial.ts';

// To replay a run: CHAOS_SEED=<seed> npx vitest run test/e2e/chaos-soak.test.ts
const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const ms = Number(process.env['CHAOS_SECONDS'] ?? 10) * 1_000;

describe.skipIf(!isBuilt || process.platform === 'win32')(
  `${users} users of a server that does whatever it likes (CHAOS_SEED=${seed})`,
  () => {
    test.each([1, 3])(
      'get one answer a call, their own or a documented one, from %i of it, and leave nothing behind',
      { timeout: ms + 120_000 },
      async (replicas) => {
        const chaos = await startChaos({ flags: ['--max-message', '1MiB'], server: { replicas } });
        try {
          const before = await warmUp(chaos);
          const endsAt = performance.now() + ms;
          const random = createRandom(seed);
          const tally = await expectAnswers(
            chaos,
            randomPlan(seed, endsAt),
            async () => await torment(chaos, random, endsAt),
          );
          expect(count(tally, 'ok')).toBeGreaterThan(tally.requests / 4);
          for (const ending of ['upstream_error', 'invalid_result', 'upstream_timeout'] as const)
            expect(count(tally, ending)).toBeGreaterThan(0);
          await expectRecovery(chaos);
          expect((await expectRest(chaos, before)).files).toBe(before.files);
          expect((await chaos.status()).restarts).toBeGreaterThan(0);
        } finally {
          await chaos.stop();
        }
      },
    );
  },
);
