import { describe, expect, test } from 'vitest';
import { readTraceSettings } from '../../../src/config/trace-settings.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

describe('the OTEL_… variables', () => {
  test.each([
    {},
    { OTEL_SERVICE_NAME: 'tools', OTEL_TRACES_EXPORTER: 'otlp' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' },
    { ...endpoint, OTEL_SDK_DISABLED: 'True' },
    { ...endpoint, OTEL_TRACES_EXPORTER: 'none' },
  ])('%j switch nothing on (TRACE-01)', (env) => {
    expect(readTraceSettings(env)).toBeUndefined();
  });

  test.each([endpoint, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://a.example/spans' }])(
    '%j switch tracing on (TRACE-01)',
    (env) => {
      expect(readTraceSettings({ ...env, OTEL_SDK_DISABLED: 'false', OTEL_TRACES_SAMPLER: '' })).toEqual({
        protocol: 'http/protobuf',
        propagators: ['tracecontext', 'baggage'],
        maxQueueSize: 2048,
      });
    },
  );

  test('say how spans and context travel; those of traces win (TRACE-02)', () => {
    const env = {
      ...endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_PROPAGATORS: 'tracecontext',
      OTEL_BSP_MAX_QUEUE_SIZE: '16',
    };
    const expected = { protocol: 'http/json', propagators: ['tracecontext'], maxQueueSize: 16 };
    expect(readTraceSettings(env)).toEqual(expected);
    expect(readTraceSettings({ ...env, OTEL_PROPAGATORS: 'none' })?.propagators).toEqual([]);
  });

  test.each([
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'key@collector:4318', 'is no http or https URL; write it as'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', "'grpc' cannot be had; set http/protobuf"],
    ['OTEL_TRACES_EXPORTER', 'zipkin', "'zipkin' cannot be had; set otlp, or none"],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote', "'jaeger_remote' cannot be had; set one of always_on"],
    ['OTEL_PROPAGATORS', 'tracecontext,b3', "'b3' cannot be had; set tracecontext, baggage"],
    ['OTEL_BSP_MAX_QUEUE_SIZE', 'many', "'many' is no count; set a whole number from 1"],
  ])('%s=%s is refused with a way out (TRACE-02)', (name, value, words) => {
    expect(() => readTraceSettings({ ...endpoint, [name]: value })).toThrow(words);
    expect(() => readTraceSettings({ ...endpoint, [name]: value })).toThrow(name);
  });

  test.each(['2', '-1', 'half'])('a share of %s is refused (TRACE-02)', (share) => {
    const env = { ...endpoint, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: share };
    expect(() => readTraceSettings(env)).toThrow(/OTEL_TRACES_SAMPLER_ARG: .* set a number from 0 to 1/);
  });

  test('a URL that is refused is not repeated: it may hold a key (TRACE-02)', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://user:secret@collector' };
    expect(() => readTraceSettings(env)).not.toThrow(/secret/);
  });
});
