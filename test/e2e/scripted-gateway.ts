import {
  countFiles,
  startGateway,
  type GatewayProcess,
  type GatewayProcessOptions,
} from '../fixtures/gateway-process.ts';
import { callTool, send, type HttpAnswer, type HttpRequestOptions } from '../fixtures/http-client.ts';
import { scriptPath } from '../fixtures/scripted-upstream.ts';

/** What the scripted server says of itself. */
interface Facts {
  readonly pid: number;
  readonly calls: number;
  readonly cancelled: readonly object[];
  /** Names only. */
  readonly env: readonly string[];
}

/** A gateway in front of the scripted server, which misbehaves on demand. */
export interface ScriptedGateway {
  readonly process: GatewayProcess;
  readonly port: number;
  call(tool: string, args?: unknown, options?: HttpRequestOptions): Promise<HttpAnswer>;
  get(path: string): Promise<HttpAnswer>;
  facts(): Promise<Facts>;
  /** Calls sent to the server and not yet settled; undefined while it is down. */
  inFlight(): Promise<number | undefined>;
  /** File descriptors of the gateway; undefined where they cannot be counted. */
  files(): number | undefined;
}

/** `server` replaces the scripted one by a wrapper of it. */
export async function startScripted(
  options: GatewayProcessOptions = {},
  server: readonly string[] = [process.execPath, scriptPath('scripted.mjs')],
): Promise<ScriptedGateway> {
  const gateway = await startGateway(server, options);
  const { port } = gateway;
  const call: ScriptedGateway['call'] = async (tool, args, more) => await callTool(port, tool, args, more);
  const get: ScriptedGateway['get'] = async (path) => await send(port, path, { method: 'GET' });
  return {
    process: gateway,
    port,
    call,
    get,
    facts: async () => (await call('facts')).json() as Facts,
    inFlight: async () => {
      const probe = await get('/readyz');
      const { servers } = probe.json() as { readonly servers: Record<string, { readonly inFlight: number }> };
      return probe.status === 200 ? Object.values(servers)[0]?.inFlight : undefined;
    },
    files: () => countFiles(gateway.pid),
  };
}
