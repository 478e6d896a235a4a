import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { TraceSettings } from '../config/trace-settings.ts';
import { rawPath } from '../http/raw-path.ts';
import type { RequestRecord, RequestWatcher } from '../http/request-record.ts';
import type { Logger } from '../logger.ts';
import { packageVersion } from '../package.ts';
import { RequestSpan } from './request-span.ts';
import { SpanOutput } from './span-output.ts';
import { parseParent, readBaggage } from './trace-context.ts';

/** Spans of requests and calls, on their way to an OTLP endpoint. */
export interface Tracing {
  readonly watcher: RequestWatcher;
  /** Exports what is left, within `deadlineMs`; never rejects. */
  close(deadlineMs: number): Promise<void>;
}

/**
 * Starts tracing (TRACE rules). Endpoint, headers, sampler, limits and resource are those of the standard variables;
 * nothing of OpenTelemetry's global state is touched.
 */
export async function createTracing(settings: TraceSettings, logger: Logger): Promise<Tracing> {
  const { propagators, maxQueueSize } = settings;
  const output = new SpanOutput({ exporter: await createExporter(settings.protocol), maxQueueSize, logger });
  const own = resourceFromAttributes({ 'service.name': 'mcpo-serve', 'service.version': packageVersion });
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(own)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [output],
  });
  const tracer = provider.getTracer('mcpo-toolkit', packageVersion);
  const isPropagating = propagators.includes('tracecontext');
  const carriesBaggage = propagators.includes('baggage');
  return {
    watcher: {
      began(record) {
        if (isProbe(record)) return undefined;
        const { headers } = record.request;
        return new RequestSpan(tracer, record, {
          parent: isPropagating ? parseParent(headers) : undefined,
          isPropagating,
          baggage: carriesBaggage ? readBaggage(headers) : undefined,
        });
      },
      ended(record) {
        if (record.trace instanceof RequestSpan) record.trace.end(record);
      },
      counters: [
        {
          name: 'mcpo_trace_spans_lost_total',
          help: 'Spans that ended and could not be exported',
          count: () => output.lost,
        },
      ],
    },
    close: async (deadlineMs) => await output.close(deadlineMs),
  };
}

async function createExporter(protocol: TraceSettings['protocol']): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter();
}

const probes = ['/healthz', '/readyz', '/metrics'];

/** Asked every few seconds by machines; spans of that would be most of all spans. */
function isProbe({ request: { method, url = '/' } }: RequestRecord): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const path = rawPath(url);
  return probes.some((probe) => path.endsWith(probe));
}
