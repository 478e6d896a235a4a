import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { send, type HttpAnswer } from '../fixtures/http-client.ts';

const server = [process.execPath, fileURLToPath(new URL('upstreams/bulk.mjs', import.meta.url))];
const canMeasure = existsSync('/proc/self/clear_refs');
const json = { 'content-type': 'application/json' };

let gateway: GatewayProcess;
/** In front of one that takes and gives less. */
let narrow: GatewayProcess;

beforeAll(async () => {
  gateway = await startGateway(server, { flags: ['--max-body', '64MiB'] });
  narrow = await startGateway(server, { flags: ['--max-message', '4MiB'] });
});

afterAll(async () => await Promise.all([gateway?.stop(), narrow?.stop()]));

async function call(of: GatewayProcess, tool: string, args: object, headers = {}): Promise<HttpAnswer> {
  const body = JSON.stringify(args);
  return await send(of.port, `/${tool}`, { headers: { ...json, ...headers }, body, deadlineMs: 60_000 });
}

/** Small calls, one after the other, as long as something takes; each is answered. */
async function beside<T>(of: GatewayProcess, something: Promise<T>): Promise<{ result: T; calls: number }> {
  let isOver = false;
  const done = something.finally(() => (isOver = true));
  let calls = 0;
  // Once more after the end: it may have taken no time.
  for (let isLast = false; !isLast; calls += 1) {
    isLast = isOver;
    const { status, text } = await call(of, 'echo', { calls });
    expect([status, text]).toEqual([200, JSON.stringify({ calls })]);
  }
  return { result: await done, calls };
}

function digest(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function textOf(unit: string, bytes: number): string {
  return unit.repeat(Math.ceil(bytes / Buffer.byteLength(unit)));
}

function peakMb({ pid }: GatewayProcess): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_000;
}

describe.skipIf(!isBuilt)('large results', () => {
  test.each([1, 10, 50])(
    'of %i MB arrive whole, small calls beside them, in memory of less than five times as much (BULK-01, BULK-02)',
    async (megabytes) => {
      const bytes = megabytes * 1_000_000;
      if (canMeasure) writeFileSync(`/proc/${gateway.pid}/clear_refs`, '5');
      const before = canMeasure ? peakMb(gateway) : 0;
      const { result } = await beside(gateway, call(gateway, 'give', { bytes }));
      expect(result.status).toBe(200);
      const expected = JSON.stringify(textOf('é "q" \\ \n😀', bytes));
      expect(digest(result.bytes)).toBe(digest(expected));
      // A smaller one is lost in what the gateway takes anyway.
      const growth = canMeasure && megabytes === 50 ? peakMb(gateway) - before : 0;
      expect(growth / (result.bytes.length / 1e6)).toBeLessThan(5);
    },
    90_000,
  );

  test('of text that is JSON are that JSON, to the letter (BULK-02, RES-03)', async () => {
    const bytes = 5_000_000;
    const { result } = await beside(gateway, call(gateway, 'give', { bytes, form: 'json' }));
    const items = textOf('{"a":[1.0,"\\u00e9"]}', bytes).replaceAll('}{', '},{');
    expect(digest(result.bytes)).toBe(digest(`[${items}]`));
  }, 60_000);

  test('come whole over an event stream (BULK-02, RES-09)', async () => {
    const bytes = 5_000_000;
    const { result } = await beside(
      gateway,
      call(gateway, 'give', { bytes }, { accept: 'text/event-stream' }),
    );
    expect(result.text.slice(0, 20)).toBe('event: result\ndata: ');
    const expected = JSON.stringify(textOf('é "q" \\ \n😀', bytes));
    expect(digest(result.text.slice(20, -2))).toBe(digest(expected));
  }, 60_000);

  test('over --max-message fail their own calls; others are answered, in bounded memory (BULK-05, ERR-09)', async () => {
    await call(narrow, 'give', { bytes: 3_000_000 });
    if (canMeasure) writeFileSync(`/proc/${narrow.pid}/clear_refs`, '5');
    const before = canMeasure ? peakMb(narrow) : 0;
    const { result } = await beside(narrow, call(narrow, 'give', { bytes: 60_000_000 }));
    expect([result.status, result.json()]).toMatchObject([502, { code: 'result_too_large' }]);
    expect(canMeasure ? peakMb(narrow) - before : 0).toBeLessThan(50);
    await vi.waitFor(() => expect(narrow.stderr).toContain('over the limit'));
  }, 60_000);
});

describe.skipIf(!isBuilt)('large arguments', () => {
  test('of 40 MB reach the tool whole, small calls beside them (BULK-06)', async () => {
    const text = textOf('é "q" \\ \n😀', 30_000_000);
    const { result } = await beside(gateway, call(gateway, 'take', { text }));
    expect([result.status, result.json()]).toEqual([200, digest(text)]);
  }, 90_000);
});
