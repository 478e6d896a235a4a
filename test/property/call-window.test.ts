import { array, assert, constantFrom, nat, oneof, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { CallWindow, FIRST_CALL_ID } from '../../src/upstream/calls/call-window.ts';

const step = oneof(
  { weight: 3, arbitrary: record({ kind: constantFrom('add' as const), of: nat() }) },
  { weight: 2, arbitrary: record({ kind: constantFrom('delete' as const), of: nat() }) },
  record({ kind: constantFrom('delete unknown' as const), of: nat() }),
);

test('a window holds what was added and not taken out, each under an id of its own', () => {
  assert(
    property(array(step, { maxLength: 600, size: 'max' }), (steps) => {
      const window = new CallWindow<object>();
      const model = new Map<number, object>();
      for (const { kind, of } of steps) {
        const ids = [...model.keys()];
        const id = kind === 'delete' ? (ids[of % Math.max(1, ids.length)] ?? of) : of;
        if (kind === 'add') {
          const call = {};
          // Were an id given twice, the sizes would differ.
          model.set(window.add(call), call);
        } else {
          window.delete(id);
          model.delete(id);
        }
        expect(window.size).toBe(model.size);
      }
      for (const [id, call] of model) expect(window.get(id)).toBe(call);
      expect([...model.keys()].every((id) => window.mayHaveGiven(id))).toBe(true);
      expect(new Set(window.ids())).toEqual(new Set(model.keys()));
      expect(new Set(window.takeAll())).toEqual(new Set(model.values()));
      expect(window.size).toBe(0);
    }),
  );
});

test('an id that was taken out does not come again for long', () => {
  const window = new CallWindow<string>();
  const stays = window.add('stays');
  const given = Array.from({ length: 10_000 }, () => {
    const id = window.add('goes');
    window.delete(id);
    return id;
  });
  expect(new Set([stays, ...given]).size).toBe(10_001);
  expect(window.get(stays)).toBe('stays');
  expect(given.every((id) => id > FIRST_CALL_ID && window.get(id) === undefined)).toBe(true);
});
