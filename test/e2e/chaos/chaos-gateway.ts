import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseExposition, type Sample } from '../../fixtures/exposition.ts';
import { countFiles, startGateway, type GatewayProcess } from '../../fixtures/gateway-process.ts';
import { callTool, send, type HttpAnswer } from '../../fixtures/http-client.ts';

/** What the chaos server says of itself. */
interface ChaosFacts {
  readonly pid: number;
  readonly calls: number;
  readonly cancelled: number;
}

/** What /readyz and /metrics say of it. */
interface ChaosStatus {
  readonly state: string;
  readonly circuit: string;
  readonly inFlight: number;
  readonly queued: number;
  readonly restarts: number;
  /** Calls that have ended, but for those of the rude. */
  readonly calls: number;
  /** Answers that no call waited for, by kind. */
  readonly strays: Readonly<Record<string, number>>;
  /** Callers that were cut off. */
  readonly slowReaders: number;
}

/** What the gateway holds once it has collected its garbage. */
export interface Holdings {
  readonly files: number | undefined;
  /** What keeps its event loop alive, by type. */
  readonly resources: ReadonlyMap<string, number>;
  readonly heapMb: number;
  readonly rssMb: number;
}

/** A gateway in front of the chaos server, with a probe in it. */
export interface ChaosGateway {
  readonly process: GatewayProcess;
  readonly port: number;
  call(tool: string, args?: object): Promise<HttpAnswer>;
  facts(): Promise<ChaosFacts>;
  status(): Promise<ChaosStatus>;
  holdings(): Promise<Holdings>;
  /** File descriptors; undefined where they cannot be counted. */
  files(): number | undefined;
  /** The next so many starts of the server fail. */
  failStarts(count: number): void;
  stop(): Promise<void>;
}

export interface ChaosOptions {
  readonly flags?: readonly string[];
  /** More keys of the server in the configuration file. */
  readonly server?: object;
}

/** For `work_brief`, whose calls are the ones that time out. */
const briefTimeout = '1s';
const server = fileURLToPath(new URL('../../../bench/targets/upstreams/chaos.mjs', import.meta.url));
const probeUrl = new URL('../../../bench/targets/baseline/heap-probe.mjs', import.meta.url);

/** Tools are at `/chaos/<tool>`; a call may take 10 s, of `work_brief` 1 s. */
export async function startChaos({
  flags = [],
  server: more = {},
}: ChaosOptions = {}): Promise<ChaosGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'mcpo-chaos-'));
  const config = join(folder, 'config.json');
  const starts = join(folder, 'starts');
  writeFileSync(starts, '0');
  const chaos = {
    command: process.execPath,
    args: [server, starts],
    timeout: '10s',
    toolTimeouts: { work_brief: briefTimeout },
    ...more,
  };
  writeFileSync(config, JSON.stringify({ mcpServers: { chaos } }));
  const gateway = await startGateway(undefined, { flags: ['--config', config, ...flags], probeUrl });
  const { port, pid } = gateway;
  const get = async (path: string): Promise<HttpAnswer> => await send(port, path, { method: 'GET' });
  const call = async (tool: string, args: object = {}): Promise<HttpAnswer> =>
    await callTool(port, `chaos/${tool}`, args);
  return {
    process: gateway,
    port,
    call,
    facts: async () => (await call('facts')).json() as ChaosFacts,
    status: async () => {
      const readiness = (await get('/readyz')).json() as { servers: { chaos: ChaosStatus } };
      const metrics = parseExposition((await get('/metrics')).text);
      const samples = (name: string): readonly Sample[] => metrics.get(name)?.samples ?? [];
      const sum = (name: string): number => samples(name).reduce((total, { value }) => total + value, 0);
      const strays = samples('mcpo_upstream_stray_answers_total').map(({ labels, value }) => [
        labels['kind'],
        value,
      ]);
      return {
        ...readiness.servers.chaos,
        queued: sum('mcpo_upstream_queued'),
        calls: samples('mcpo_calls_total')
          .filter(({ labels }) => labels['tool'] !== 'work_rude')
          .reduce((total, { value }) => total + value, 0),
        slowReaders: sum('mcpo_slow_readers_total'),
        strays: Object.fromEntries(strays) as Record<string, number>,
      };
    },
    holdings: async () => toHoldings((await gateway.probe()) as ProbeReading, countFiles(pid)),
    files: () => countFiles(pid),
    failStarts: (count) => writeFileSync(starts, String(count)),
    stop: async () => {
      await gateway.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

interface ProbeReading extends NodeJS.MemoryUsage {
  readonly resources: readonly string[];
}

function toHoldings(
  { heapUsed, external, rss, resources }: ProbeReading,
  files: number | undefined,
): Holdings {
  const counts = new Map<string, number>();
  for (const type of resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  return { files, resources: counts, heapMb: (heapUsed + external) / 1e6, rssMb: rss / 1e6 };
}
