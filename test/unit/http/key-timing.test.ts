import type * as crypto from 'node:crypto';
import { timingSafeEqual } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { createKeyCheck } from '../../../src/http/credentials.ts';

vi.mock('node:crypto', async (importActual) => {
  const actual = await importActual<typeof crypto>();
  return { ...actual, timingSafeEqual: vi.fn<typeof actual.timingSafeEqual>(actual.timingSafeEqual) };
});

test('the shared key is compared whole, in constant time, whatever is given', () => {
  const key = 'a key of some length';
  const isKey = createKeyCheck(key);
  const compared = vi.mocked(timingSafeEqual);
  const sizes = new Set<number>();
  for (const given of ['', 'a', key, `${key}x`, key.slice(1), 'ä'.repeat(20), '\0', 'x'.repeat(100_000)]) {
    compared.mockClear();
    expect([given.slice(0, 30), isKey(given)]).toEqual([given.slice(0, 30), given === key]);
    expect(compared).toHaveBeenCalledTimes(1);
    for (const bytes of compared.mock.calls[0] ?? []) sizes.add(bytes.byteLength);
  }
  // What is longer than the key, or shorter, takes no other time.
  expect(sizes.size).toBe(1);
});
