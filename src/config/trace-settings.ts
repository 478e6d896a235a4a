import { UsageError } from '../errors.ts';

/** How spans are exported and context travels; the rest of OTEL_… is read by OpenTelemetry itself. */
export interface TraceSettings {
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly propagators: readonly Propagator[];
  /** Spans that wait to be exported; more are lost. @default 2048 */
  readonly maxQueueSize: number;
}

/** A format of context: W3C Trace Context, W3C Baggage. */
type Propagator = 'tracecontext' | 'baggage';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * What the standard variables say of traces; undefined, and nothing is traced, unless they name an endpoint (OpenTelemetry,
 * "Environment Variable Specification"). An empty variable is none.
 *
 * @throws UsageError when they ask for what cannot be had: they would be passed over in silence otherwise
 */
export function readTraceSettings(env: Variables): TraceSettings | undefined {
  const read = (name: string): string | undefined => env[name]?.trim() || undefined;
  const endpointName = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'].find(
    (name) => read(name) !== undefined,
  );
  if (endpointName === undefined || read('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined;
  const exporters = listOf(read('OTEL_TRACES_EXPORTER') ?? 'otlp');
  if (exporters.join() === 'none') return undefined;
  const unknown = exporters.find((name) => name !== 'otlp');
  if (unknown !== undefined)
    throw new UsageError(`OTEL_TRACES_EXPORTER: '${unknown}' cannot be had; set otlp, or none`);
  checkUrl(endpointName, read(endpointName) ?? '');
  checkSampler(read('OTEL_TRACES_SAMPLER'), read('OTEL_TRACES_SAMPLER_ARG'));
  return {
    protocol: toProtocol(read),
    propagators: toPropagators(read('OTEL_PROPAGATORS')),
    maxQueueSize: toCount('OTEL_BSP_MAX_QUEUE_SIZE', read('OTEL_BSP_MAX_QUEUE_SIZE')) ?? 2048,
  };
}

const samplers = ['always_on', 'always_off', 'traceidratio'].flatMap((name) => [name, `parentbased_${name}`]);

function checkUrl(name: string, value: string): void {
  const isUrl = URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
  // It may hold credentials.
  if (!isUrl) throw new UsageError(`${name} is no http or https URL; write it as http://collector:4318`);
}

function toProtocol(read: (name: string) => string | undefined): TraceSettings['protocol'] {
  const name = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'].find(
    (each) => read(each) !== undefined,
  );
  const protocol = (name && read(name)) ?? 'http/protobuf';
  if (protocol === 'http/protobuf' || protocol === 'http/json') return protocol;
  const advice = 'set http/protobuf, or http/json; collectors take both, usually at port 4318';
  throw new UsageError(`${name}: '${protocol}' cannot be had; ${advice}`);
}

function checkSampler(sampler: string | undefined, ratio: string | undefined): void {
  if (sampler === undefined) return;
  if (!samplers.includes(sampler))
    throw new UsageError(
      `OTEL_TRACES_SAMPLER: '${sampler}' cannot be had; set one of ${samplers.join(', ')}`,
    );
  if (!sampler.endsWith('traceidratio') || ratio === undefined) return;
  const value = Number(ratio);
  if (!(value >= 0 && value <= 1))
    throw new UsageError(`OTEL_TRACES_SAMPLER_ARG: '${ratio}' is no share; set a number from 0 to 1`);
}

function toPropagators(value: string | undefined): readonly Propagator[] {
  const names = listOf(value ?? 'tracecontext,baggage');
  if (names.join() === 'none') return [];
  return names.map((name) => {
    if (name === 'tracecontext' || name === 'baggage') return name;
    throw new UsageError(
      `OTEL_PROPAGATORS: '${name}' cannot be had; set tracecontext, baggage, both with a comma, or none`,
    );
  });
}

function toCount(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const count = Number(value);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new UsageError(`${name}: '${value}' is no count; set a whole number from 1`);
}

function listOf(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
