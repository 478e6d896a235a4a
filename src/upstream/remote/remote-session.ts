import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ErrorCode, McpError, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { answersPing } from '../supervision/answers-ping.ts';
import { CatalogKeeper } from '../catalog-keeper.ts';
import { waitAtMost } from '../clock.ts';
import { listCatalog } from '../list-catalog.ts';
import { LogGate } from '../log-gate.ts';
import { MessageRouter } from '../messages/message-router.ts';
import { Pipeline } from '../calls/pipeline.ts';
import type { Session, SessionEvents } from '../session.ts';
import { toTraffic, type CountingConnection, type Traffic } from '../traffic.ts';
import type { CallOutcome, Catalog, ToolCall } from '../upstream.ts';
import type { PostTarget } from './call-lane.ts';
import { HttpClient } from './http-client.ts';
import { createLifecycleFetch } from './lifecycle-fetch.ts';
import type { RemoteSessionOptions } from './remote-session-options.ts';
import { saysSessionGone } from './refusal.ts';
import { RemoteWire } from './remote-wire.ts';

/** How long a server may take to say whether the session lives. */
const PROBE_MS = 10_000;
/** For the DELETE that ends a session. */
const FAREWELL_MS = 2000;

const STREAM_END = 'the server closed the event stream';

const requestTimeout: number = ErrorCode.RequestTimeout;
const connectionClosed: number = ErrorCode.ConnectionClosed;

/**
 * A session over streamable HTTP or HTTP+SSE (MCP basic/transports). The SDK's client and transports keep the lifecycle;
 * calls are posted by a wire of our own to where, and as, the transport posts.
 *
 *     opening → open → draining → closed
 *         └───────┴───────────────↗
 *
 * draining: the session is lost; no call is taken, those in flight may still be answered. closed: nothing is sent or
 * read, and nothing is held. The way is never back.
 */
export class RemoteSession implements Session, CountingConnection {
  readonly transport: StreamableHTTPClientTransport | SSEClientTransport;
  readonly #options: RemoteSessionOptions;
  readonly #kind: 'sse' | 'streamable-http';
  readonly #events: SessionEvents;
  readonly #http = new HttpClient();
  readonly #client: Client;
  readonly #pipeline: Pipeline;
  readonly #router: MessageRouter;
  readonly #wire: RemoteWire;
  #keeper: CatalogKeeper | undefined;
  #stage: 'opening' | 'open' | 'draining' | 'closed' = 'opening';
  #target: PostTarget;
  #isChangedEarly = false;
  /** Over HTTP+SSE: false after the one stream has ended. */
  #isStreaming = true;
  #failOpening: ((error: Error) => void) | undefined;
  #retryAfterMs = 0;
  #probe: Promise<void> | undefined;
  #ending: Promise<void> | undefined;

  constructor(kind: 'sse' | 'streamable-http', options: RemoteSessionOptions, events: SessionEvents) {
    this.#kind = kind;
    this.#options = options;
    this.#events = events;
    this.#target = { url: options.url, headers: {} };
    const { clock, logger, traffic, clientInfo } = options;
    this.#wire = new RemoteWire(() => lane, options.url);
    this.#pipeline = new Pipeline(this.#wire, { ...options, judgeError: (error) => this.#judgeError(error) });
    this.#router = new MessageRouter({
      ...options,
      source: 'a part of an answer',
      pipeline: this.#pipeline,
      onMessage: (message) => this.transport.onmessage?.(message),
    });
    const lane = {
      ...options,
      http: this.#http,
      pipeline: this.#pipeline,
      router: this.#router,
      hasCommonStream: kind === 'sse',
      isStreaming: () => this.#isStreaming,
      target: () => this.#currentTarget(),
      gone: (reason: string) => this.#gone(reason),
      suspect: () => this.#suspect(),
      onIdle: () => this.#endIfDrained(),
    };
    this.transport = this.#createTransport();
    this.#client = new Client(clientInfo, { capabilities: {} });
    const gate = new LogGate(clock);
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the client is no EventTarget
    this.#client.onerror = (error) =>
      gate.pass((suppressed) => logger.debug({ err: error, suppressed }, 'the connection reports an error'));
    this.#client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
      if (this.#keeper === undefined) this.#isChangedEarly = true;
      else this.#keeper.changed();
    });
    traffic.attach(this);
  }

  get catalog(): Catalog {
    if (this.#keeper === undefined) throw new Error('the session is not open');
    return this.#keeper.catalog;
  }

  get inFlight(): number {
    return this.#pipeline.inFlight;
  }

  get traffic(): Traffic {
    const { bytesIn, bytesOut } = this.#http;
    return toTraffic({ bytesIn, bytesOut, garbageLines: this.#router.garbageCount }, this.#pipeline);
  }

  /** Connects, initializes and lists; rejects with what went wrong, and is then to be closed. */
  async open(timeoutMs: number, signal: AbortSignal): Promise<void> {
    const failed = new Promise<never>((_, reject) => {
      this.#failOpening = reject;
    });
    await Promise.race([this.#open(timeoutMs, signal), failed]);
  }

  async callTool(call: ToolCall): Promise<CallOutcome> {
    const startedBytes = this.#http.bytesIn;
    const outcome = await this.#pipeline.call(call);
    // A stream that was silent for the whole call may be half open. A POST has a connection of its own.
    if (outcome.kind === 'timeout' && this.#kind === 'sse' && this.#http.bytesIn === startedBytes) {
      void this.#suspect();
    }
    if (this.#stage === 'draining') this.#endIfDrained();
    return outcome;
  }

  async refresh(): Promise<void> {
    if (this.#stage === 'open') await this.#keeper?.refresh();
  }

  async ping(timeoutMs: number): Promise<boolean> {
    return await answersPing(this.#client, timeoutMs);
  }

  async retire(): Promise<void> {
    // What is left of it are requests of their own; the next session can be opened beside them.
  }

  async close(deadlineMs: number): Promise<void> {
    const wasOpen = this.#stage === 'open';
    this.#stage = 'closed';
    this.#ending ??= this.#end(wasOpen, deadlineMs);
    await waitAtMost(this.#options.clock, this.#ending, deadlineMs);
    this.#http.close();
    await this.#ending;
  }

  async #open(timeoutMs: number, signal: AbortSignal): Promise<void> {
    const { clock, logger, startTimeoutMs } = this.#options;
    const endsAt = clock.now() + timeoutMs;
    await this.#client.connect(this.transport, { timeout: timeoutMs, signal });
    const list = (ms: number, listing?: AbortSignal): Promise<Catalog> =>
      listCatalog(this.#client, {
        timeoutMs: ms,
        logger,
        isLost: () => this.#stage !== 'open' && this.#stage !== 'opening',
        ...(listing && { signal: listing }),
      });
    const first = await list(Math.max(1, endsAt - clock.now()), signal);
    signal.throwIfAborted();
    if (!this.#isStreaming) throw new Error(STREAM_END);
    this.#keeper = new CatalogKeeper(first, {
      clock,
      logger,
      list: () => list(startTimeoutMs),
      onCatalog: this.#events.onCatalog,
    });
    this.#stage = 'open';
    if (this.#isChangedEarly) this.#keeper.changed();
  }

  async #end(saysFarewell: boolean, deadlineMs: number): Promise<void> {
    const { clock, traffic } = this.#options;
    this.#keeper?.close();
    this.#wire.abort();
    this.#pipeline.lose('the connection was closed', 0);
    if (saysFarewell && this.transport instanceof StreamableHTTPClientTransport) {
      // A server need not know DELETE; the session ends either way.
      const farewell = this.transport.terminateSession().catch(() => {});
      await waitAtMost(clock, farewell, Math.min(deadlineMs, FAREWELL_MS));
    }
    await this.#client.close();
    // Of a connection that never came about, the client does not know.
    await this.transport.close();
    this.#http.close();
    traffic.detach(this);
  }

  #createTransport(): StreamableHTTPClientTransport | SSEClientTransport {
    const { url, headers, authorization, clock, maxMessageBytes } = this.#options;
    const authProvider = authorization?.provider;
    const fetch: FetchLike = createLifecycleFetch({
      clock,
      http: this.#http,
      serverUrl: url,
      router: this.#router,
      maxMessageBytes,
      keepsEventIds: this.#kind === 'streamable-http',
      renewsCredentials: authProvider !== undefined,
      onPosted: ({ url: postedTo, headers: posted }) => {
        this.#target = { url: postedTo, headers: posted };
      },
      onGone: (reason) => void this.#gone(reason),
      onStreamEnd: () => this.#onStreamEnd(),
    });
    const common = { fetch, requestInit: { headers }, ...(authProvider && { authProvider }) };
    return this.#kind === 'sse'
      ? new SSEClientTransport(url, common)
      : new StreamableHTTPClientTransport(url, common);
  }

  /** The lifecycle's last request may be long ago, and its token at its end. */
  async #currentTarget(): Promise<PostTarget> {
    const { authorization, headers: configured } = this.#options;
    // In the order of the SDK: what is configured wins.
    if (authorization === undefined || new Headers(configured).has('authorization')) return this.#target;
    const tokens = await authorization.provider.tokens();
    const { url, headers } = this.#target;
    return tokens === undefined
      ? this.#target
      : { url, headers: { ...headers, authorization: `Bearer ${tokens.access_token}` } };
  }

  /** Loses the session, once. @returns the time after which calls that were never run may be tried again */
  #gone(reason: string): number {
    if (this.#stage !== 'open') return this.#retryAfterMs;
    this.#stage = 'draining';
    this.#retryAfterMs = this.#events.onLost(reason);
    this.#pipeline.stop(reason, this.#retryAfterMs);
    this.#keeper?.close();
    this.#endIfDrained();
    return this.#retryAfterMs;
  }

  #endIfDrained(): void {
    if (this.#stage === 'draining' && this.#pipeline.inFlight === 0 && !this.#wire.isBusy) void this.close(0);
  }

  /** Over HTTP+SSE the stream is the session; over streamable HTTP the SDK opens another. */
  #onStreamEnd(): void {
    if (this.#kind !== 'sse') return;
    this.#isStreaming = false;
    if (this.#stage === 'opening') {
      this.#failOpening?.(new Error(STREAM_END));
      return;
    }
    this.#gone(STREAM_END);
    // Or the SDK's transport would connect again, to a session that it does not initialize.
    void this.transport.close();
    // Whether the others were accepted is yet to be told.
    const accepted = [...this.#pipeline.ids].filter((id) => !this.#wire.isPosting(id));
    for (const id of accepted) this.#pipeline.settle(id, { kind: 'lost', reason: STREAM_END });
  }

  #judgeError(error: Extract<CallOutcome, { kind: 'error' }>): CallOutcome {
    if (!saysSessionGone(error.code, error.message)) return error;
    return { kind: 'not_ready', retryAfterMs: this.#gone(error.message), reason: error.message };
  }

  /** One question at a time. */
  #suspect(): Promise<void> {
    this.#probe ??= this.#ask().finally(() => {
      this.#probe = undefined;
    });
    return this.#probe;
  }

  /** Loses the session when the server cannot be asked whether it lives. */
  async #ask(): Promise<void> {
    if (this.#stage !== 'open') return;
    const startedBytes = this.#http.bytesIn;
    try {
      await this.#client.ping({ timeout: PROBE_MS });
    } catch (error) {
      const code = error instanceof McpError ? error.code : undefined;
      // Any other error is an answer too.
      if (code !== undefined && code !== requestTimeout && code !== connectionClosed) return;
      // It may be busy; but a common stream on which nothing comes is dead.
      const isSilent = this.#kind === 'sse' && this.#http.bytesIn === startedBytes;
      if (code === requestTimeout && !isSilent) return;
      this.#gone(error instanceof Error ? error.message : String(error));
    }
  }
}
