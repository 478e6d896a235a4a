import { Counter, Gauge, type Aggregator, type Registry } from 'prom-client';
import type { Gateway } from '../gateway/gateway.ts';
import type { ServerStatus } from '../gateway/server-status.ts';
import type { Traffic } from '../upstream/traffic.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** What /metrics shows of the servers (METRIC rules). */
export interface UpstreamMetrics {
  /** Looks at the servers, and returns their names; what is shown is of that moment. */
  update(): ReadonlySet<string>;
}

/** Makes the series of all servers, each labelled with its server's name and with nothing from outside. */
export function createUpstreamMetrics(registry: Registry, gateway: Gateway): UpstreamMetrics {
  const metrics = [
    ...createGauges(registry),
    ...createCounters(registry),
    createCircuit(registry),
    createStrays(registry),
  ];
  let known = new Set<string>();
  return {
    update() {
      const states = statesOf(gateway);
      const names = new Set(states.map(({ status }) => status.name));
      for (const metric of metrics) {
        for (const name of known) if (!names.has(name)) metric.remove(name);
        for (const state of states) metric.show(state);
      }
      known = names;
      return names;
    },
  };
}

/** One server at one moment. */
interface ServerState {
  readonly status: ServerStatus;
  readonly upstream: Upstream;
}

/** A metric with the server as its first label. */
interface ServerMetric {
  show(state: ServerState): void;
  remove(server: string): void;
}

function statesOf(gateway: Gateway): readonly ServerState[] {
  const upstreams = [...gateway.servers.values()];
  return gateway.status().flatMap((status, index) => {
    // Both go by the same map.
    const upstream = upstreams[index]?.upstream;
    return upstream === undefined ? [] : [{ status, upstream }];
  });
}

/** `read` gives undefined where the server has no such thing; `together` joins those of several gateways on a port. */
type Row = readonly [
  name: string,
  help: string,
  read: (state: ServerState) => number | undefined,
  together?: Aggregator,
];

const gauges: readonly Row[] = [
  [
    'mcpo_upstream_up',
    '1 while the server is connected',
    ({ status }) => (status.state.kind === 'ready' ? 1 : 0),
    'min',
  ],
  ['mcpo_upstream_in_flight', 'Calls sent and not yet answered', ({ status }) => status.inFlight],
  ['mcpo_upstream_queued', 'Calls that wait to be sent', ({ upstream }) => upstream.traffic?.queued],
  [
    'mcpo_upstream_window',
    'Calls that may be in flight at a time',
    ({ upstream }) => upstream.traffic?.window,
  ],
  ['mcpo_upstream_tools', 'Tools served', ({ status }) => status.tools, 'max'],
  ['mcpo_upstream_sessions', 'Sessions of users that are open', ({ status }) => status.sessions],
  ['mcpo_upstream_replicas', 'Children of the server', ({ status }) => status.replicas?.total],
  [
    'mcpo_upstream_replicas_ready',
    'Children of the server that take calls',
    ({ status }) => status.replicas?.ready,
  ],
];

const counters: readonly Row[] = [
  [
    'mcpo_upstream_restarts_total',
    'Times that the server was started, or connected to, again: after a loss, or a start that failed',
    ({ status }) => status.restarts,
  ],
  [
    'mcpo_upstream_received_bytes_total',
    'Bytes read from the server',
    ({ upstream }) => upstream.traffic?.bytesIn,
  ],
  [
    'mcpo_upstream_sent_bytes_total',
    'Bytes written to the server',
    ({ upstream }) => upstream.traffic?.bytesOut,
  ],
  [
    'mcpo_upstream_garbage_lines_total',
    'What the server sent that is no JSON-RPC message',
    ({ upstream }) => upstream.traffic?.garbageLines,
  ],
];

function createGauges(registry: Registry): readonly ServerMetric[] {
  return gauges.map(([name, help, read, aggregator = 'sum']) => {
    const gauge = new Gauge({ name, help, labelNames: ['server'], aggregator, registers: [registry] });
    return {
      show(state) {
        const value = read(state);
        if (value === undefined) gauge.remove(state.status.name);
        else gauge.set({ server: state.status.name }, value);
      },
      remove: (server) => gauge.remove(server),
    };
  });
}

function createCounters(registry: Registry): readonly ServerMetric[] {
  return counters.map(([name, help, read]) => {
    const counter = new Counter({ name, help, labelNames: ['server'], registers: [registry] });
    const growthOf = createGrowth();
    return {
      show(state) {
        const value = read(state);
        if (value !== undefined) counter.inc({ server: state.status.name }, growthOf(state.upstream, value));
      },
      remove: (server) => counter.remove(server),
    };
  });
}

const circuitStates = ['closed', 'half_open', 'open'] as const;

function createCircuit(registry: Registry): ServerMetric {
  const gauge = new Gauge({
    name: 'mcpo_upstream_circuit',
    help: '1 for the state that the circuit of the server is in; no calls are sent unless it is closed',
    labelNames: ['server', 'state'],
    aggregator: 'max',
    registers: [registry],
  });
  return {
    show({ status }) {
      for (const state of circuitStates)
        gauge.set({ server: status.name, state }, status.circuit === state ? 1 : 0);
    },
    remove(server) {
      for (const state of circuitStates) gauge.remove(server, state);
    },
  };
}

const strays: ReadonlyArray<readonly [kind: string, member: keyof Traffic]> = [
  ['late', 'lateAnswers'],
  ['duplicate', 'duplicateAnswers'],
  ['unknown', 'unknownAnswers'],
];

function createStrays(registry: Registry): ServerMetric {
  const counter = new Counter({
    name: 'mcpo_upstream_stray_answers_total',
    help: 'Answers that no call waited for: late, after one before, or to no call of ours',
    labelNames: ['server', 'kind'],
    registers: [registry],
  });
  const rows = strays.map(([kind, member]) => ({ kind, member, growthOf: createGrowth() }));
  return {
    show({ status, upstream }) {
      const { traffic } = upstream;
      if (traffic === undefined) return;
      for (const { kind, member, growthOf } of rows)
        counter.inc({ server: status.name, kind }, growthOf(upstream, traffic[member]));
    },
    remove(server) {
      for (const [kind] of strays) counter.remove(server, kind);
    },
  };
}

/** How much a count has grown since it was last asked for. One server replaces another: its own count begins anew. */
function createGrowth(): (upstream: Upstream, value: number) => number {
  const seen = new WeakMap<Upstream, number>();
  return (upstream, value) => {
    const growth = value - (seen.get(upstream) ?? 0);
    seen.set(upstream, value);
    return Math.max(0, growth);
  };
}
