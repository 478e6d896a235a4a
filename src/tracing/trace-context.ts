import { createTraceState, isSpanContextValid, type SpanContext, type TraceState } from '@opentelemetry/api';
import type { RequestHeaders } from '../upstream/upstream.ts';

/** Version, trace id, parent id, flags; later versions may say more after another hyphen (Trace Context section 3.2). */
const traceparentPattern = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
/** What vendors must pass on at least (Baggage section 3.3.2). */
const maxBaggageLength = 8192;
const printable = /^[\u0020-\u007e]+$/;

/** The caller's place in its trace; undefined when it says none, or not rightly (Trace Context section 3.2). */
export function parseParent(headers: RequestHeaders): SpanContext | undefined {
  const match = traceparentPattern.exec(textOf(headers['traceparent']) ?? '');
  if (match === null) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  const traceState = parseTraceState(textOf(headers['tracestate']));
  const parent: SpanContext = {
    traceId,
    spanId,
    // Of the flags, the first version knows one: sampled.
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(traceState !== undefined && { traceState }),
  };
  return isSpanContextValid(parent) ? parent : undefined;
}

/** The caller's baggage as it is; undefined when there is none, or none that may be passed on (Baggage section 3). */
export function readBaggage(headers: RequestHeaders): string | undefined {
  const baggage = textOf(headers['baggage']);
  return baggage !== undefined && baggage.length <= maxBaggageLength && printable.test(baggage)
    ? baggage
    : undefined;
}

/** A place in a trace as others are told of it: header names, which are those in `_meta` as well. */
export function toTraceHeaders({ traceId, spanId, traceFlags, traceState }: SpanContext): {
  readonly traceparent: string;
  readonly tracestate?: string;
} {
  const traceparent = `00-${traceId}-${spanId}-${(traceFlags & 1) === 1 ? '01' : '00'}`;
  const tracestate = traceState?.serialize() ?? '';
  return tracestate === '' ? { traceparent } : { traceparent, tracestate };
}

function parseTraceState(text: string | undefined): TraceState | undefined {
  return text === undefined || text === '' ? undefined : createTraceState(text);
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
