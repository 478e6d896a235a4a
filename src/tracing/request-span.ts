import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { rawPath } from '../http/raw-path.ts';
import type { RequestRecord, RequestTrace } from '../http/request-record.ts';
import type { CallTrace } from '../upstream/upstream.ts';
import { CallSpans } from './call-spans.ts';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);
/** What strangers write is cut. */
const maxTextLength = 256;

/** Where a request stands in its trace, and what of that goes on to servers. */
export interface RequestContext {
  readonly parent: SpanContext | undefined;
  readonly isPropagating: boolean;
  readonly baggage: string | undefined;
}

/**
 * The server span of a request, and the spans of its call (OpenTelemetry, "Semantic conventions for HTTP spans", 1.45).
 *
 * Neither queries nor headers with credentials, arguments or results are among the attributes.
 */
export class RequestSpan implements RequestTrace {
  readonly #span: Span;
  readonly #calls: CallSpans;

  constructor(tracer: Tracer, record: RequestRecord, context: RequestContext) {
    const { request } = record;
    const { parent, ...onward } = context;
    const caller = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    const method = request.method ?? '';
    this.#span = tracer.startSpan(methods.has(method) ? method : 'HTTP', { kind: SpanKind.SERVER }, caller);
    // Most spans may be sampled out; the samplers there are look at no attribute.
    if (this.#span.isRecording()) this.#span.setAttributes(requestAttributes(record));
    const self = trace.setSpan(ROOT_CONTEXT, this.#span);
    this.#calls = new CallSpans({ tracer, record, parent: self, ...onward });
  }

  get traceId(): string {
    return this.#span.spanContext().traceId;
  }

  get call(): CallTrace {
    return this.#calls;
  }

  end(record: RequestRecord): void {
    this.#calls.finish(record.code);
    const span = this.#span;
    if (span.isRecording()) describeEnd(span, record);
    span.end();
  }
}

function requestAttributes({ request, address }: RequestRecord): Attributes {
  const { method = '', url = '/', headers, httpVersionMajor, httpVersion } = request;
  const host = headers.host ?? headers[':authority'];
  const isSecure = 'encrypted' in request.socket;
  return {
    'http.request.method': methods.has(method) ? method : '_OTHER',
    'url.path': cut(rawPath(url)),
    'url.scheme': isSecure ? 'https' : 'http',
    'client.address': cut(address),
    'network.protocol.version': httpVersionMajor >= 2 ? String(httpVersionMajor) : httpVersion,
    ...(typeof host === 'string' && serverAttributes(host)),
    ...(headers['user-agent'] !== undefined && { 'user_agent.original': cut(headers['user-agent']) }),
  };
}

function serverAttributes(host: string): Attributes {
  const match = /^(.+?)(?::(\d{1,5}))?$/.exec(host);
  const [, name = host, port] = match ?? [];
  return { 'server.address': cut(name), ...(port !== undefined && { 'server.port': Number(port) }) };
}

function describeEnd(span: Span, record: RequestRecord): void {
  const { request, response, id, operation, serverName, status, code } = record;
  if (id !== undefined) span.setAttribute('mcpo.request_id', id);
  if (operation !== undefined) {
    const { path, tool } = operation;
    span.updateName(`${request.method} ${path}`);
    span.setAttributes({ 'http.route': path, 'gen_ai.tool.name': tool, 'mcpo.server': serverName });
  }
  const hasGone = status === 499;
  // Where a stream began as 200, that is what was sent, however the call ended.
  if (!hasGone) span.setAttribute('http.response.status_code', response.statusCode);
  if (code !== undefined) span.setAttribute('mcpo.error.code', code);
  if (hasGone) span.setAttribute('error.type', 'caller_gone');
  if (status < 500) return;
  span.setAttribute('error.type', code ?? String(status));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function cut(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}
