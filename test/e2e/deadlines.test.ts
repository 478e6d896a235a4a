import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { callTool, type HttpAnswer } from '../fixtures/http-client.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';

const eventStream = { headers: { accept: 'text/event-stream' } };

describe.skipIf(!isBuilt)('the time of a call', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deadlines-'));
  let gateway: GatewayProcess;

  beforeAll(async () => {
    const scripted = { command: process.execPath, args: [scriptPath('scripted.mjs')] };
    const mcpServers = {
      // Progress comes every 50 ms; what is between it and these times is room for a busy machine.
      patient: { ...scripted, timeout: '2s', maxCallTime: '60s' },
      limited: { ...scripted, timeout: '2s', maxCallTime: '2500ms' },
      narrow: { ...scripted, timeout: '2s', maxInFlight: 1 },
      plain: { ...scripted, timeout: '1s', toolTimeouts: { sleep: '30s' } },
    };
    const path = join(folder, 'servers.json');
    writeFileSync(path, JSON.stringify({ mcpServers }));
    gateway = await startGateway(undefined, { flags: ['--config', path] });
  });

  afterAll(async () => {
    await gateway.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const call = async (path: string, args: object, options = {}): Promise<HttpAnswer> =>
    await callTool(gateway.port, path, args, options);
  const cancelledAt = async (server: string): Promise<number> =>
    ((await call(`${server}/facts`, {})).json() as { cancelled: object[] }).cancelled.length;

  test('is what the server has, but for tools that have their own (FLOW-07, FLOW-09)', async () => {
    const [slow, never] = await Promise.all([call('plain/sleep', { ms: 1500 }), call('plain/never', {})]);
    expect([slow.status, slow.json()]).toEqual([200, { ms: 1500 }]);
    expect([never.status, never.json()]).toMatchObject([
      504,
      { code: 'upstream_timeout', detail: 'never did not answer within 1 s; the call was cancelled.' },
    ]);
  });

  test('that is over before the call was sent is no time-out: 503, and the server never hears of it (FLOW-10)', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, async () => await call('narrow/never', {})));
    const late = answers.filter(({ status }) => status === 504);
    const unsent = answers.filter(({ status }) => status === 503);
    expect(late.length + unsent.length).toBe(8);
    expect(unsent.length).toBeGreaterThan(0);
    for (const answer of unsent) {
      expect(answer.json()).toMatchObject({
        code: 'overloaded',
        detail: 'never waited 2 s for its turn behind other calls; nothing was sent, retry later.',
      });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    }
    expect(await cancelledAt('narrow')).toBe(late.length);
  });

  test('is extended by progress where that is wanted, for callers of both kinds (FLOW-08)', async () => {
    const steps = { steps: 60, everyMs: 50 };
    const [answer, events] = await Promise.all([
      call('patient/progress', steps),
      call('patient/progress', steps, eventStream),
    ]);
    expect([answer.status, answer.json()]).toEqual([200, { hadToken: true }]);
    expect(events.text).toContain('event: progress');
    expect(events.text).toContain('event: result');
  });

  test('ends when there is no more progress, or no more time, and the server is told (FLOW-08, FLOW-09)', async () => {
    const [silent, endless] = await Promise.all([
      call('patient/progress', { steps: 2, everyMs: 1, thenSilent: true }),
      call('limited/progress', { steps: 200, everyMs: 50 }),
    ]);
    expect([silent.status, silent.json()]).toMatchObject([
      504,
      { detail: 'progress reported progress, then nothing for 2 s; the call was cancelled.' },
    ]);
    expect([endless.status, endless.json()]).toMatchObject([
      504,
      {
        detail:
          'progress was not done within 2.5 s, the most that progress may extend a call to; the call was cancelled.',
      },
    ]);
    expect([await cancelledAt('patient'), await cancelledAt('limited')]).toEqual([1, 1]);
  });

  test('is not extended where nobody asked for it, and no progress is asked of the server then (FLOW-08)', async () => {
    const [quick, slow, events] = await Promise.all([
      call('plain/progress', { steps: 1 }),
      call('plain/progress', { steps: 60, everyMs: 50 }),
      call('plain/progress', { steps: 60, everyMs: 50 }, eventStream),
    ]);
    expect(quick.json()).toEqual({ hadToken: false });
    expect(slow.json()).toMatchObject({
      status: 504,
      detail: 'progress did not answer within 1 s; the call was cancelled.',
    });
    expect(events.text).toContain('event: error');
  });
});
