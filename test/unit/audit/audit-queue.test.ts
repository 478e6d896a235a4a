import { describe, expect, test, vi } from 'vitest';
import type { Written } from '../../../src/audit/audit-file.ts';
import { AuditQueue, type AuditQueueOptions } from '../../../src/audit/audit-queue.ts';
import { silentLogger, type Logger } from '../../../src/logger.ts';
import { createDeferred } from '../../fixtures/deferred.ts';

function rig(answer: (lines: string) => Promise<Written>, options: AuditQueueOptions = {}) {
  const written: string[] = [];
  const said: string[] = [];
  const say = (_fields: object, message: string): void => void said.push(message);
  const logger: Logger = { ...silentLogger, warn: say, error: say };
  const write = async (lines: string): Promise<Written> => {
    written.push(lines);
    return await answer(lines);
  };
  return { queue: new AuditQueue({ write }, logger, { delayMs: 1, ...options }), written, said };
}

const all = (lines: string): Promise<Written> => Promise.resolve({ lines: lines.split('\n').length - 1 });

describe('lines of the audit log', () => {
  test('are written together, in their order, soon (AUDIT-07)', async () => {
    const { queue, written } = rig(all);
    queue.add('one');
    queue.add('two');
    expect(written).toEqual([]);
    await vi.waitFor(() => expect(written).toEqual(['one\ntwo\n']));
    queue.add('three');
    await vi.waitFor(() => expect(written).toEqual(['one\ntwo\n', 'three\n']));
    expect(await queue.close(1_000)).toBe(true);
    expect(queue.lost).toBe(0);
  });

  test('that a slow disk leaves no room for are lost, counted, and told of once (AUDIT-07)', async () => {
    const { promise, resolve } = createDeferred<Written>();
    const { queue, written, said } = rig(async () => await promise, { maxWaitingLength: 10 });
    queue.add('12345');
    await vi.waitFor(() => expect(written).toHaveLength(1));
    for (let index = 0; index < 5; index += 1) queue.add('67890');
    expect(queue.lost).toBe(3);
    expect(said).toEqual(['lines of the audit log are being lost; calls go on']);
    resolve({ lines: 1 });
    await vi.waitFor(() => expect(written.at(-1)).toBe('67890\n67890\n'));
  });

  test('that were not written are lost, and the end of that is told (AUDIT-07)', async () => {
    let isFull = true;
    const { queue, said } = rig(async (lines) =>
      isFull ? { lines: 1, error: new Error('no space') } : await all(lines),
    );
    for (const line of ['one', 'two', 'three']) queue.add(line);
    await vi.waitFor(() => expect(queue.lost).toBe(2));
    isFull = false;
    queue.add('four');
    await vi.waitFor(() => expect(said).toHaveLength(2));
    expect(said[1]).toBe('the audit log is written again; lines are missing in it');
    await queue.close(1_000);
    expect(said[2]).toBe('lines are missing in the audit log');
  });

  test('are written at the end, within the time there is (AUDIT-08)', async () => {
    const quick = rig(all, { delayMs: 60_000 });
    quick.queue.add('last');
    expect(await quick.queue.close(1_000)).toBe(true);
    expect(quick.written).toEqual(['last\n']);
    const stuck = rig(async () => await createDeferred<Written>().promise);
    stuck.queue.add('one');
    expect(await stuck.queue.close(20)).toBe(false);
    expect(stuck.queue.lost).toBe(1);
  });
});
