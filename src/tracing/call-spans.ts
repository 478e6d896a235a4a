import {
  SpanKind,
  SpanStatusCode,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import type { RequestRecord } from '../http/request-record.ts';
import type { CallOutcome, CallTrace, Peer, SentRequest } from '../upstream/upstream.ts';
import { toTraceHeaders } from './trace-context.ts';

export interface CallSpansOptions {
  readonly tracer: Tracer;
  readonly record: RequestRecord;
  /** With the request's own span. */
  readonly parent: Context;
  /** The server is told of the trace. */
  readonly isPropagating: boolean;
  /** As the caller sent it; undefined when it is not passed on. */
  readonly baggage: string | undefined;
}

/** A request that was answered by a result, whose meaning is not known yet. */
interface Answered {
  readonly span: Span;
  readonly endedAt: number;
}

/**
 * A client span for each request that a call is sent as (OpenTelemetry, "Semantic conventions for Model Context
 * Protocol", status Development, as of October 2026; SEP-414 for `_meta`).
 *
 * A departure: a server's error message may quote arguments, so it is no attribute.
 */
export class CallSpans implements CallTrace {
  readonly #options: CallSpansOptions;
  #attempts = 0;
  #answered: Answered | undefined;
  #isFinished = false;

  constructor(options: CallSpansOptions) {
    this.#options = options;
  }

  sending(requestId: number, peer: Peer): SentRequest {
    const { tracer, record, parent, isPropagating, baggage } = this.#options;
    this.#attempts += 1;
    const tool = record.operation?.tool;
    const name = tool === undefined ? 'tools/call' : `tools/call ${tool}`;
    const span = tracer.startSpan(name, { kind: SpanKind.CLIENT }, parent);
    if (span.isRecording()) {
      span.setAttributes({
        'mcp.method.name': 'tools/call',
        'gen_ai.operation.name': 'execute_tool',
        ...(tool !== undefined && { 'gen_ai.tool.name': tool }),
        'jsonrpc.request.id': String(requestId),
        ...peerAttributes(peer),
        ...(record.serverName !== undefined && { 'mcpo.server': record.serverName }),
        'mcpo.attempt': this.#attempts,
      });
    }
    return {
      context: {
        ...(isPropagating && toTraceHeaders(span.spanContext())),
        ...(baggage !== undefined && { baggage }),
      },
      ended: (outcome) => this.#ended(span, outcome),
    };
  }

  /** The request is over; `code` is that of the problem that was answered with. */
  finish(code: string | undefined): void {
    this.#isFinished = true;
    const answered = this.#answered;
    if (answered === undefined) return;
    this.#answered = undefined;
    if (code === 'tool_error') fail(answered.span, 'tool_error');
    answered.span.end(answered.endedAt);
  }

  #ended(span: Span, outcome: CallOutcome): void {
    switch (outcome.kind) {
      case 'result':
        if (this.#isFinished) break;
        this.#answered = { span, endedAt: performance.now() };
        return;
      case 'error':
        span.setAttribute('rpc.response.status_code', String(outcome.code));
        fail(span, String(outcome.code));
        break;
      case 'timeout':
      case 'cancelled':
      case 'lost':
      case 'not_ready':
      case 'overloaded':
      case 'too_large':
      case 'no_session_key':
        fail(span, outcome.kind);
    }
    span.end();
  }
}

function peerAttributes({ transport, address, port }: Peer): Attributes {
  return {
    'network.transport': transport,
    ...(transport === 'tcp' && { 'network.protocol.name': 'http' }),
    ...(address !== undefined && { 'server.address': address }),
    ...(port !== undefined && { 'server.port': port }),
  };
}

function fail(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
