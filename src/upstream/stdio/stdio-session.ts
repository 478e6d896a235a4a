import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ErrorCode, McpError, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { UpstreamStartError } from '../../errors.ts';
import { answersPing } from '../supervision/answers-ping.ts';
import { CatalogKeeper } from '../catalog-keeper.ts';
import type { Clock } from '../clock.ts';
import { listCatalog } from '../list-catalog.ts';
import type { Logger } from '../../logger.ts';
import { LogGate } from '../log-gate.ts';
import { Pipeline } from '../calls/pipeline.ts';
import type { Child } from './child.ts';
import type { Session, SessionEvents } from '../session.ts';
import { FreezeWatch, type FreezeOptions } from './freeze-watch.ts';
import { StdioTransport } from './stdio-transport.ts';
import type { TrafficCounter } from '../traffic.ts';
import type { Catalog, CallOutcome, ToolCall } from '../upstream.ts';

/** What a session needs to know; see StdioUpstreamOptions for the meaning of each. */
export interface StdioSessionOptions {
  readonly command: string;
  /** Just started; from now on the session's, which ends it. */
  readonly child: Child;
  readonly clientInfo: { readonly name: string; readonly version: string };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly traffic: TrafficCounter;
  readonly startTimeoutMs: number;
  readonly maxMessageBytes: number;
  readonly maxInFlight: number;
  readonly maxQueue: number;
  readonly onRoom?: () => void;
  readonly freeze: FreezeOptions;
}

/** A server that could not be started, or was lost, gets this long to end. */
const LOST_DEADLINE_MS = 1000;
/** When nobody waits for the server to start any more. */
const ABORT_DEADLINE_MS = 500;

const requestTimeout: number = ErrorCode.RequestTimeout;
const connectionClosed: number = ErrorCode.ConnectionClosed;

/** Opens a session over a child's stdin and stdout. @throws UpstreamStartError */
export async function openStdioSession(
  options: StdioSessionOptions,
  events: SessionEvents,
  signal: AbortSignal,
): Promise<Session> {
  const session = new StdioSession(options, events);
  await session.open(signal);
  return session;
}

class StdioSession implements Session {
  readonly #options: StdioSessionOptions;
  readonly #events: SessionEvents;
  readonly #client: Client;
  readonly #transport: StdioTransport;
  readonly #freezeWatch: FreezeWatch;
  #keeper: CatalogKeeper | undefined;
  #stage: 'initialize' | 'tools/list' | 'open' | 'closed' = 'initialize';
  #isChangedEarly = false;

  constructor(options: StdioSessionOptions, events: SessionEvents) {
    this.#options = options;
    this.#events = events;
    const { clock, logger } = options;
    const clientGate = new LogGate(clock);
    this.#transport = new StdioTransport({
      ...options,
      createPipeline: (wire) => new Pipeline(wire, options),
      onGivenUp: (pending) => this.#freezeWatch.givenUp(pending),
      onLost: (reason) => this.#onLost(reason),
    });
    options.traffic.attach(this.#transport);
    this.#freezeWatch = new FreezeWatch(clock, options.freeze, {
      signsOfLife: () => this.#transport.bytesIn + options.child.stderrLines,
      waitingIds: () => this.#transport.pipeline.ids,
      ping: (timeoutMs) => this.ping(timeoutMs),
      onFrozen: (reason) => this.#transport.giveUp(reason),
    });
    this.#client = new Client(options.clientInfo, { capabilities: {} });
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the client is no EventTarget
    this.#client.onerror = (error) =>
      clientGate.pass((suppressed) =>
        logger.debug({ err: error, suppressed }, 'a message did not fit the protocol'),
      );
    this.#client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
      if (this.#keeper === undefined) this.#isChangedEarly = true;
      else this.#keeper.changed();
    });
  }

  get catalog(): Catalog {
    if (this.#keeper === undefined) throw new Error('the session is not open');
    return this.#keeper.catalog;
  }

  get inFlight(): number {
    return this.#transport.pipeline.inFlight;
  }

  get hasRoom(): boolean {
    return this.#transport.pipeline.hasRoom;
  }

  callTool(call: ToolCall): Promise<CallOutcome> {
    return this.#transport.pipeline.call(call);
  }

  async refresh(): Promise<void> {
    if (this.#stage === 'open') await this.#keeper?.refresh();
  }

  async ping(timeoutMs: number): Promise<boolean> {
    return await answersPing(this.#client, timeoutMs);
  }

  async retire(deadlineMs: number): Promise<void> {
    await this.close(deadlineMs);
  }

  async close(deadlineMs: number): Promise<void> {
    this.#stage = 'closed';
    await this.#transport.end(deadlineMs);
  }

  async open(signal: AbortSignal): Promise<void> {
    const { clock, logger, startTimeoutMs } = this.#options;
    const endsAt = clock.now() + startTimeoutMs;
    try {
      signal.throwIfAborted();
      await this.#client.connect(this.#transport, { timeout: startTimeoutMs, signal });
      this.#stage = 'tools/list';
      const first = await this.#list(Math.max(1, endsAt - clock.now()), signal);
      this.#keeper = new CatalogKeeper(first, {
        clock,
        logger,
        list: () => this.#list(startTimeoutMs),
        onCatalog: this.#events.onCatalog,
      });
      // The connection may have been lost between the answer and now.
      if (this.#transport.isClosed) throw new McpError(connectionClosed, 'Connection closed');
    } catch (error) {
      // First, while the child's end is its own and not ours.
      const description = this.#describe(error);
      await this.#transport.end(signal.aborted ? ABORT_DEADLINE_MS : LOST_DEADLINE_MS);
      this.#options.traffic.detach(this.#transport);
      throw new UpstreamStartError(description, this.#transport.stderrTail, { cause: error });
    }
    this.#stage = 'open';
    if (this.#isChangedEarly) this.#keeper.changed();
  }

  #list(timeoutMs: number, signal?: AbortSignal): Promise<Catalog> {
    const isLost = (): boolean => this.#transport.isClosed;
    return listCatalog(this.#client, {
      timeoutMs,
      isLost,
      logger: this.#options.logger,
      ...(signal && { signal }),
    });
  }

  #onLost(reason: string): void {
    const { pipeline } = this.#transport;
    this.#options.traffic.detach(this.#transport);
    this.#freezeWatch.stop();
    this.#keeper?.close();
    if (this.#stage !== 'open') {
      pipeline.lose(reason, 0);
      return;
    }
    this.#stage = 'closed';
    const retryAfterMs = this.#events.onLost(reason);
    pipeline.lose(reason, retryAfterMs);
    void this.#transport.end(LOST_DEADLINE_MS);
  }

  /** What to tell a person who tried to start the server. */
  #describe(error: unknown): string {
    const { command, startTimeoutMs } = this.#options;
    const { pid, exit, fault } = this.#transport;
    const during = `during ${this.#stage}`;
    const said = error instanceof Error ? error.message : String(error);
    if (pid === undefined) return said;
    if (fault !== undefined) return `${command} ${fault}; is it an MCP server?`;
    if (error instanceof McpError && error.code === requestTimeout) {
      return `no answer to ${this.#stage} within ${startTimeoutMs / 1000} s from ${command}`;
    }
    // A server may answer with the same code.
    if (error instanceof McpError && error.code === connectionClosed && said.endsWith('Connection closed')) {
      if (exit === undefined) return `${command} closed its output ${during}`;
      if (exit.signal !== null) return `${command} was killed by ${exit.signal} ${during}`;
      return `${command} exited with code ${exit.code} ${during}`;
    }
    return `protocol error ${during} of ${command}: ${said}`;
  }
}
