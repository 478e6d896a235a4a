import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isBuilt } from '../fixtures/gateway-process.ts';
import { send } from '../fixtures/http-client.ts';
import { startScripted, type ScriptedGateway } from './scripted-gateway.ts';

const clients = 64;
const callsEach = 20;

/** Each client calls one after the other on a connection of its own; all clients at once. */
async function runClients(
  callOnce: (client: number, step: number, agent: Agent) => Promise<void>,
): Promise<void> {
  const agents = Array.from({ length: clients }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  try {
    await Promise.all(
      agents.map(async (agent, client) => {
        for (let step = 0; step < callsEach; step += 1) await callOnce(client, step, agent);
      }),
    );
  } finally {
    for (const agent of agents) agent.destroy();
  }
}

describe.skipIf(!isBuilt)(`${clients} clients on one stdio child`, () => {
  let gateway: ScriptedGateway;

  beforeAll(async () => {
    gateway = await startScripted();
  });

  afterAll(async () => await gateway.process.stop());

  test('every answer is correct and belongs to its caller, whatever the order of the answers', async () => {
    const before = gateway.files();
    const wrong: unknown[] = [];
    await runClients(async (client, step, agent) => {
      // Neighbours wait for different times, so that answers overtake each other; sizes differ as well.
      const args = {
        client,
        step,
        ms: (client * 37 + step * 61) % 50,
        pad: 'é'.repeat((client * step) % 3_000),
      };
      const answer = await gateway.call('sleep', args, { agent });
      if (answer.status !== 200 || answer.text !== JSON.stringify(args)) wrong.push([args, answer.text]);
    });
    expect(wrong).toEqual([]);
    expect((await gateway.facts()).calls).toBe(clients * callsEach + 1);
    await vi.waitFor(() => expect(gateway.files()).toBe(before), { timeout: 5_000 });
    const probe = await gateway.get('/readyz');
    expect(probe.json()).toMatchObject({ servers: { scripted: { inFlight: 0, restarts: 0 } } });
  });

  test('the calls are pipelined: they take about as long as one client alone', async () => {
    const ms = 50;
    const start = performance.now();
    await runClients(async (_client, _step, agent) => {
      expect((await gateway.call('sleep', { ms }, { agent })).status).toBe(200);
    });
    // One at a time they would take 64 s.
    expect(performance.now() - start).toBeLessThan((clients * callsEach * ms) / 4);
  });

  test('bad calls among them get their own answers (HTTP-04, HTTP-07, HTTP-08, ERR-05)', async () => {
    const wrong: unknown[] = [];
    await runClients(async (client, step, agent) => {
      const mark = `${client}-${step}`;
      const headers = { 'content-type': 'application/json', 'x-request-id': mark };
      const kinds = [
        { path: '/echo', body: `{"mark":"${mark}"}`, status: 200, says: mark },
        { path: '/echo', body: `{"mark":"${mark}"`, status: 400, says: mark },
        { path: '/echo', body: '[]', status: 422, says: mark },
        { path: `/echo${mark}`, body: '{}', status: 404, says: mark },
        { path: '/error', body: `{"code":-32000,"message":"${mark}"}`, status: 502, says: mark },
      ];
      const { path, body, status, says } = kinds[(client + step) % kinds.length] ?? {
        path: '/',
        status: 0,
        says: '',
      };
      const answer = await send(gateway.port, path, { headers, agent, ...(body !== undefined && { body }) });
      if (
        answer.status !== status ||
        !answer.text.includes(`"${says}"`) ||
        answer.headers['x-request-id'] !== mark
      )
        wrong.push([path, body, answer.status, answer.text]);
    });
    expect(wrong).toEqual([]);
  });
});
