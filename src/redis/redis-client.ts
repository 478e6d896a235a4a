import type { Socket } from 'node:net';
import { Redis } from 'ioredis';
import { parseRedisUrl } from './redis-address.ts';
import type { RedisScript } from './redis-script.ts';
import type { RedisSettings } from './redis-settings.ts';

/** What a script is given after its key. */
export type RedisArgs = readonly (string | number | Buffer)[];

const connectTimeoutMs = 1_000;
const firstRetryMs = 50;
const maxRetryMs = 1_000;
/** Answers that are kept have 1 MiB at the most; what has more, and goes on, is none. */
const maxReplyBytes = 4 * 1024 * 1024;

/** A connection that is made anew when it ends. Nothing waits to be sent, and no reply is larger than 4 MiB. */
export class RedisClient {
  readonly #redis: Redis;
  readonly #secret: string;
  readonly #defined = new Set<string>();
  #socket: Socket | undefined;
  #isGathering = false;
  #bytesBefore = 0;
  #lastError: string | undefined;

  /**
   * @param onClose runs when a connection has ended, or could not be made
   * @throws UsageError for a URL that is none of a Redis
   */
  constructor({ url, password }: Pick<RedisSettings, 'url' | 'password'>, onClose: () => void) {
    const { isTls, ...address } = parseRedisUrl(url);
    const secret = password ?? address.password;
    this.#secret = secret ?? '';
    this.#redis = new Redis({
      ...address,
      ...(secret !== undefined && { password: secret }),
      ...(isTls && { tls: {} }),
      protocol: 2,
      lazyConnect: true,
      connectTimeout: connectTimeoutMs,
      // Whatever cannot be sent at once is not worth sending later.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      // What is unanswered when a connection ends has failed; else it would be pending for ever.
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(firstRetryMs * 2 ** Math.min(attempt, 10), maxRetryMs),
    });
    this.#redis.on('error', (error: Error) => {
      // What is refused for want of a connection does not say why there is none.
      if (!error.message.includes('enableOfflineQueue')) this.#lastError = this.describe(error);
    });
    this.#redis.on('connect', () => this.#watch());
    this.#redis.on('ready', () => (this.#lastError = undefined));
    this.#redis.on('close', onClose);
  }

  /** Begins to; `problem` says what goes wrong. */
  connect(): void {
    void this.#redis.connect().catch(() => undefined);
  }

  get isReady(): boolean {
    return this.#redis.status === 'ready';
  }

  /** Why there is no connection that could be asked. */
  get problem(): string {
    if (this.#lastError !== undefined) return this.#lastError;
    return this.#redis.status === 'connect' ? 'it does not answer' : 'the connection was closed';
  }

  /** Texts come as bytes. @throws Error when it cannot be sent, fails, or is answered by something else */
  async run({ name, lua, isReply }: RedisScript, key: string, args: RedisArgs): Promise<unknown> {
    if (!this.#defined.has(name)) {
      this.#redis.defineCommand(name, { numberOfKeys: 1, lua });
      this.#defined.add(name);
    }
    this.#gather();
    // Defined above: the client has a method of that name, and one for bytes.
    const commands = this.#redis as unknown as Readonly<
      Record<string, (...words: RedisArgs) => Promise<unknown>>
    >;
    try {
      const reply = await commands[`${name}Buffer`]?.(key, ...args);
      if (isReply(reply)) return reply;
    } finally {
      this.#bytesBefore = this.#socket?.bytesRead ?? 0;
    }
    throw new Error('it answers something else than was asked for');
  }

  /** What it does when it is full; undefined where it is never full, or does not say. Never rejects. */
  async evictionPolicy(): Promise<string | undefined> {
    const said = await this.#redis.info('memory').catch(() => '');
    const [, limit] = /^maxmemory:(\d+)\r?$/m.exec(said) ?? [];
    const [, policy] = /^maxmemory_policy:([\w-]{1,40})\r?$/m.exec(said) ?? [];
    return limit === undefined || limit === '0' ? undefined : policy;
  }

  /** Ends this connection, for another. */
  renew(): void {
    this.#redis.disconnect(true);
  }

  close(): void {
    this.#redis.disconnect();
  }

  /** Without the password, should it be in there. */
  describe(error: unknown): string {
    if (!(error instanceof Error)) return 'it failed';
    const { code } = error as NodeJS.ErrnoException; // Node's errors of sockets have one
    const text = error.message === '' ? (code ?? error.name) : error.message;
    return (this.#secret === '' ? text : text.replaceAll(this.#secret, '…')).slice(0, 200);
  }

  /** What is sent in one turn of the event loop leaves in one write: one for each cost a quarter of a call with a key. */
  #gather(): void {
    const socket = this.#socket;
    if (this.#isGathering || socket === undefined) return;
    this.#isGathering = true;
    socket.cork();
    setImmediate(() => {
      this.#isGathering = false;
      socket.uncork();
    });
  }

  #watch(): void {
    // The client keeps its socket there, and has no limit of its own.
    const { stream } = this.#redis as unknown as { readonly stream: Socket };
    this.#socket = stream;
    this.#bytesBefore = 0;
    stream.on('data', () => {
      if (stream.bytesRead - this.#bytesBefore > maxReplyBytes)
        stream.destroy(new Error('its reply has no end'));
    });
  }
}
