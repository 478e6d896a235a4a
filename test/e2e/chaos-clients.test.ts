import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isBuilt } from '../fixtures/gateway-process.ts';
import { openRaw, post, postHead, type RawConnection } from '../fixtures/raw-http.ts';
import { startChaos, type ChaosGateway, type Holdings } from './chaos/chaos-gateway.ts';
import { users, type Plan } from './chaos/crowd.ts';
import { count, expectAnswers, expectQuiet, expectRest, warmUp } from './chaos/trial.ts';

const eventually = { timeout: 30_000, interval: 20 };
const wellBehaved: Plan = (user, step) =>
  step === 3 ? undefined : { tool: 'work', ms: (user * 37 + step * 61) % 50, pad: user, endings: ['ok'] };

describe.skipIf(!isBuilt || process.platform === 'win32')(`${users} users beside clients`, () => {
  let chaos: ChaosGateway;
  let before: Holdings;

  beforeAll(async () => {
    chaos = await startChaos({ flags: ['--request-timeout', '2s'] });
    before = await warmUp(chaos);
  });

  afterAll(async () => await chaos.stop());

  async function connect(clients: number): Promise<readonly RawConnection[]> {
    return await Promise.all(Array.from({ length: clients }, async () => await openRaw(chaos.port)));
  }

  /** Runs the crowd beside the clients, who leave in the end. @param calls of theirs that are counted */
  async function expectUnharmed(
    clients: number,
    calls: number,
    misbehave: (connections: readonly RawConnection[]) => Promise<void>,
  ): Promise<void> {
    const tally = await expectAnswers(chaos, wellBehaved, async () => {
      const connections = await connect(clients);
      await misbehave(connections);
      for (const connection of connections) connection.destroy();
      return calls;
    });
    expect(count(tally, 'ok')).toBe(3 * users);
    await expectQuiet(chaos, before);
  }

  test('that hang up in mid-call get their answers, and those calls are cancelled at the server', async () => {
    const { pid, cancelled } = await chaos.facts();
    await expectUnharmed(100, 100, async (connections) => {
      for (const connection of connections)
        connection.write(post('/chaos/work', `{"token":"t","notBy":${pid}}`));
      await vi.waitFor(
        async () => expect((await chaos.status()).inFlight).toBeGreaterThanOrEqual(100),
        eventually,
      );
      for (const connection of connections) connection.destroy();
    });
    await vi.waitFor(async () => expect((await chaos.facts()).cancelled).toBe(cancelled + 100), eventually);
  });

  test('that send half of a body get their answers, and those are told, or forgotten (HTTP-14)', async () => {
    await expectUnharmed(100, 100, async (connections) => {
      const head = postHead('/chaos/work', ['content-length: 100']);
      for (const connection of connections) connection.write(`${head}{"token":`);
      const [patient, impatient] = [connections.slice(50), connections.slice(0, 50)];
      for (const connection of impatient) connection.destroy();
      for (const connection of patient) {
        expect(await connection.answer()).toMatchObject({ status: 408 });
        await connection.closed();
      }
    });
  });

  test('that take nothing of their answers get theirs, and those are cut off', async () => {
    const { pid } = await chaos.facts();
    await expectUnharmed(4, 4, async (connections) => {
      for (const connection of connections) {
        connection.socket.pause();
        connection.write(post('/chaos/work', '{"token":"t","pad":5000000}'));
      }
      await vi.waitFor(async () => expect((await chaos.status()).slowReaders).toBe(4), eventually);
    });
    expect((await chaos.facts()).pid).toBe(pid);
  });

  test('of whatever kind leave nothing behind', async () => {
    expect((await expectRest(chaos, before)).files).toBe(before.files);
  });
});
