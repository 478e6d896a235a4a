import type { Target } from '../target/target.ts';
import type { GatewayAccess, GatewayUnderTest, RestOptions } from './gateway.ts';
import { NoDocumentError, readGateway } from './read-gateway.ts';
import { startGateway, type StartedGateway } from './start-gateway.ts';

/** What a run says of its gateway. */
export interface GatewayKeeperOptions {
  readonly target: Target;
  /** A gateway that already runs. */
  readonly rest: RestOptions | undefined;
  readonly requestTimeoutMs: number;
}

/** Where mcpo-serve listens when nothing else is said. */
const DEFAULT_URL = 'http://127.0.0.1:8000';

/** The one gateway of a run: opened for the first check that wants it, closed with the run. */
export class GatewayKeeper {
  readonly #options: GatewayKeeperOptions;
  #access: Promise<GatewayAccess> | undefined;
  #started: StartedGateway | undefined;
  readonly #ending = new AbortController();

  constructor(options: GatewayKeeperOptions) {
    this.#options = options;
  }

  /** Never rejects on account of the gateway. */
  access(): Promise<GatewayAccess> {
    this.#access ??= this.#open();
    return this.#access;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#access;
    const started = this.#started;
    this.#started = undefined;
    await started?.close();
  }

  async #open(): Promise<GatewayAccess> {
    const { target, rest } = this.#options;
    if (this.#ending.signal.aborted) return { kind: 'none', reason: 'the run is over' };
    try {
      if (rest !== undefined) return { kind: 'open', gateway: await this.#read(rest) };
      if (target.process === undefined) {
        return { kind: 'none', reason: 'a gateway is started for commands alone; name one with --rest' };
      }
      this.#started = await startGateway(target.process, this.#ending.signal);
      const { url, apiKey } = this.#started;
      const own = { baseUrl: url, headers: { authorization: `Bearer ${apiKey}` } };
      return { kind: 'open', gateway: await this.#read(own) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (rest === undefined) return { kind: 'none', reason };
      if (error instanceof NoDocumentError) return { kind: 'missing', reason };
      throw error;
    }
  }

  #read(rest: RestOptions): Promise<GatewayUnderTest> {
    const { target, requestTimeoutMs } = this.#options;
    return readGateway({
      rest,
      hasServer: target.isDocument !== true,
      timeoutMs: requestTimeoutMs,
      ...(this.#started !== undefined && { sent: this.#started.sent, shownUrl: DEFAULT_URL }),
    });
  }
}
