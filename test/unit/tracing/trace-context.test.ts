import { describe, expect, test } from 'vitest';
import { parseParent, readBaggage, toTraceHeaders } from '../../../src/tracing/trace-context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

describe('traceparent', () => {
  test('is read, and written as it was (TRACE-03)', () => {
    const headers = { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'rojo=1,congo=t61' };
    const parent = parseParent(headers);
    expect(parent).toMatchObject({ traceId, spanId, traceFlags: 1, isRemote: true });
    expect(parent && toTraceHeaders(parent)).toEqual(headers);
  });

  test('of a later version is read as far as it is known (TRACE-03)', () => {
    const parent = parseParent({ traceparent: `cc-${traceId}-${spanId}-ff-what-comes` });
    expect(parent && toTraceHeaders(parent)).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
  });

  test.each([
    undefined,
    '',
    traceId,
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`,
    ['00', traceId],
  ])('%j is none (TRACE-03)', (traceparent) => {
    expect(parseParent({ traceparent, tracestate: 'rojo=1' })).toBeUndefined();
  });

  test('has no more of a tracestate than is well-formed (TRACE-03)', () => {
    const traceparent = `00-${traceId}-${spanId}-00`;
    const parent = parseParent({ traceparent, tracestate: 'rojo=1,,=,"evil\u0001"' });
    expect(parent && toTraceHeaders(parent)).toEqual({ traceparent, tracestate: 'rojo=1' });
  });
});

test.each([
  ['user=ada,plan=%7Efree', 'user=ada,plan=%7Efree'],
  [undefined, undefined],
  ['', undefined],
  ['user=馬', undefined],
  [`user=${'a'.repeat(8192)}`, undefined],
])('baggage %j is passed on as %j (TRACE-05)', (baggage, expected) => {
  expect(readBaggage({ baggage })).toBe(expected);
});
