import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { UpstreamStartError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { Authorization } from './authorization.ts';
import { findNamedUrlFault } from './check-named-url.ts';
import { toIdentity } from './client-authentication.ts';
import { createGatewayReceiver, createLoopbackReceiver, type CodeReceiver } from './code-receiver.ts';
import { createMemoryStore, type CredentialStore } from './credential-store.ts';
import { describeFailure } from './describe-failure.ts';
import type { OauthCallbacks } from './oauth-callbacks.ts';
import type { OauthOptions } from './oauth-options.ts';
import { OauthProvider, type AuthorizationRequest } from './oauth-provider.ts';
import type { LoopbackHost } from './redirect-url.ts';
import { createTokenFile } from './token-file.ts';
import { tokenFolderOf } from './token-folder.ts';
import { TokenKeeper } from './token-keeper.ts';
import { refreshTokens } from './token-refresh.ts';

/** What authorization to one server is made from. */
export interface AuthorizationOptions {
  /** The server's name, for people and for the callback's address. */
  readonly server: string;
  readonly serverUrl: string;
  readonly oauth: OauthOptions;
  /** One for all servers of the process. */
  readonly callbacks: OauthCallbacks;
  /** Of this server: its name is in the lines already. */
  readonly logger: Logger;
  /** What a person reads on the page that asks them. @default 'mcpo-toolkit' */
  readonly clientName?: string;
  /** Of redirect URIs that the configuration does not name. @default '127.0.0.1', as RFC 8252 section 8.3 prefers */
  readonly loopbackHost?: LoopbackHost;
  /** @default mcpo-toolkit/tokens in the user's configuration folder */
  readonly tokenFolder?: string;
  /** For our own requests to the authorization server. @default the global one */
  readonly fetch?: FetchLike;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** A person may be away until tomorrow; after that, the authorization server has long forgotten. */
const PERSON_MS = 24 * 3600 * 1000;
const EXCHANGE_MS = 30_000;
const REQUEST_MS = 10_000;

/** Makes what lets the gateway in to one server (MCP basic/authorization). */
export function createAuthorization(options: AuthorizationOptions): Authorization {
  return new ServerAuthorization(options);
}

/**
 * Asks a person, at most once at a time: those who need the same server's leave meanwhile wait for the same answer.
 */
class ServerAuthorization implements Authorization {
  readonly #options: AuthorizationOptions;
  readonly #keeper: TokenKeeper;
  readonly #receiver: CodeReceiver;
  readonly #provider: OauthProvider;
  #outstanding: { readonly url: string; readonly done: Promise<void> } | undefined;

  constructor(options: AuthorizationOptions) {
    this.#options = options;
    const { oauth, logger, clientName = 'mcpo-toolkit', now = Date.now } = options;
    const fetch = toCheckedFetch(options.fetch ?? globalThis.fetch, new URL(options.serverUrl));
    this.#receiver = createReceiver(options);
    this.#keeper = new TokenKeeper({
      store: createStore(options),
      logger,
      now,
      refresh: async ({ client }, tokens, refreshToken) => {
        const known = toIdentity(oauth) ?? client;
        if (known === undefined)
          return { kind: 'refused', isClient: true, reason: 'its client is not known' };
        return await refreshTokens({ tokens, refreshToken, client: known, fetch });
      },
    });
    this.#provider = new OauthProvider({
      oauth,
      clientName,
      keeper: this.#keeper,
      receiver: this.#receiver,
      fetch,
      now,
    });
  }

  get provider(): OAuthClientProvider {
    return this.#provider;
  }

  async authorize(
    transport: { finishAuth(code: string): Promise<void> },
    onUrl: (url: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    if (this.#outstanding !== undefined) {
      onUrl(this.#outstanding.url);
      await orAborted(this.#outstanding.done, signal);
      // What was asked for meanwhile has been answered as well.
      this.#provider.takeRequest();
      return;
    }
    const request = this.#provider.takeRequest();
    if (request === undefined) {
      // Tokens were renewed, or another gateway or session has got some.
      if (this.#keeper.credentials.tokens !== undefined) return;
      throw new UpstreamStartError('the server asks for authorization, but does not say where', []);
    }
    const done = this.#ask(request, transport, onUrl, signal);
    this.#outstanding = { url: request.url, done };
    try {
      await done;
    } finally {
      this.#outstanding = undefined;
    }
  }

  async #ask(
    request: AuthorizationRequest,
    transport: { finishAuth(code: string): Promise<void> },
    onUrl: (url: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { server, logger } = this.#options;
    const patience = AbortSignal.timeout(PERSON_MS);
    const onReady = (): void => {
      logger.warn({}, `open this URL to let ${server} in: ${request.url}`);
      onUrl(request.url);
    };
    const exchange = async (code: string): Promise<void> =>
      await this.#exchange(request, code, transport, signal);
    try {
      const either = AbortSignal.any([signal, patience]);
      await this.#receiver.receive(request.expected, { onReady, exchange }, either);
    } catch (error) {
      if (patience.aborted && error === patience.reason) {
        throw new UpstreamStartError('nobody opened the URL within 24 hours', []);
      }
      throw error;
    }
    logger.info({}, 'the authorization server has let the gateway in');
  }

  async #exchange(
    request: AuthorizationRequest,
    code: string,
    transport: { finishAuth(code: string): Promise<void> },
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await orAborted(
        this.#provider.exchange(request, async () => await transport.finishAuth(code)),
        AbortSignal.any([signal, AbortSignal.timeout(EXCHANGE_MS)]),
      );
    } catch (error) {
      signal.throwIfAborted();
      const secrets = [code, request.verifier, request.client.client_secret];
      const reason = describeFailure(error, secrets);
      // Without its cause, which may hold those secrets.
      throw new UpstreamStartError(`the authorization server gave no token: ${reason}`, []);
    }
  }
}

function createStore({ serverUrl, oauth, tokenFolder, logger }: AuthorizationOptions): CredentialStore {
  if (oauth.storage === 'memory') return createMemoryStore();
  // Whatever changes what the tokens are for leads to another file.
  const { client, scope = null, clientMetadata = null } = oauth;
  const identity = JSON.stringify([serverUrl, client?.id ?? null, scope, clientMetadata]);
  const digest = createHash('sha256').update(identity).digest('hex').slice(0, 32);
  return createTokenFile(join(tokenFolder ?? tokenFolderOf(), `${digest}.json`), logger);
}

function createReceiver({
  server,
  oauth,
  callbacks,
  loopbackHost = '127.0.0.1',
}: AuthorizationOptions): CodeReceiver {
  const { callback } = oauth;
  return callback.kind === 'gateway'
    ? createGatewayReceiver(server, callback.publicUrl, callbacks)
    : createLoopbackReceiver(server, { ...callback, host: loopbackHost }, callbacks.loopback);
}

/** An authorization server that accepts connections and says nothing must not hold up calls for ever. */
function toCheckedFetch(fetch: FetchLike, server: URL): FetchLike {
  return async (url, init) => {
    const fault = findNamedUrlFault(new URL(url), server);
    if (fault !== undefined) throw new Error(fault);
    const deadline = AbortSignal.timeout(REQUEST_MS);
    const signal = init?.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
    return await fetch(url, { ...init, signal });
  };
}

/** The promise goes on by itself after an abort; its failure then is nobody's. */
async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error); // its reason is what it was aborted with, here an Error
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
