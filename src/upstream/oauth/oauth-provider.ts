import { createHash, randomBytes } from 'node:crypto';
import {
  UnauthorizedError,
  type AddClientAuthentication,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
} from '@modelcontextprotocol/sdk/client/auth.js';
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { UpstreamStartError } from '../../errors.ts';
import type { ExpectedResponse } from './authorization-response.ts';
import { authenticateClient, toIdentity, type ClientIdentity } from './client-authentication.ts';
import { register, toClientMetadata } from './client-registration.ts';
import type { CodeReceiver } from './code-receiver.ts';
import type { KnownClient } from './credentials.ts';
import type { OauthOptions } from './oauth-options.ts';
import type { TokenKeeper } from './token-keeper.ts';

/** What a person was asked for, to be kept until the answer. */
export interface AuthorizationRequest {
  readonly url: string;
  /** Of PKCE (RFC 7636); a secret. */
  readonly verifier: string;
  readonly expected: ExpectedResponse;
  /** Whom the code will be issued to. */
  readonly client: OAuthClientInformationMixed;
}

export interface OauthProviderOptions {
  readonly oauth: OauthOptions;
  readonly clientName: string;
  readonly keeper: TokenKeeper;
  readonly receiver: CodeReceiver;
  readonly fetch: FetchLike;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Flows that were begun at the same time, by sessions of several users. */
const MAX_VERIFIERS = 64;

/**
 * What the SDK asks when a server answers 401, and what it is told.
 *
 * The SDK would use the refresh token by itself, but once for each request that was refused, and goes on to ask a person
 * when the authorization server is merely down. So it never sees a refresh token: tokens are renewed before requests
 * or, after a 401, when it asks for the client, and the flow then ends with an UnauthorizedError and no request open.
 */
export class OauthProvider implements OAuthClientProvider {
  readonly #options: OauthProviderOptions;
  #discovery: OAuthDiscoveryState | undefined;
  #verifiers: readonly string[] = [];
  /** As the SDK was last told. */
  #client: OAuthClientInformationMixed | undefined;
  #request: AuthorizationRequest | undefined;
  /** While a code is exchanged: the request that it answers. */
  #answered: AuthorizationRequest | undefined;
  /** How often that was sent: the SDK repeats it once when the client is refused. */
  #exchanges = 0;
  #registering: Promise<KnownClient> | undefined;

  constructor(options: OauthProviderOptions) {
    this.#options = options;
  }

  get redirectUrl(): string {
    return this.#options.receiver.redirectUrl;
  }

  get clientMetadata(): OAuthClientMetadata {
    const { oauth, clientName } = this.#options;
    return toClientMetadata(oauth, this.redirectUrl, clientName, this.#discovery);
  }

  /** The latest request that a person has to answer; each is handed out once. */
  takeRequest(): AuthorizationRequest | undefined {
    const request = this.#request;
    this.#request = undefined;
    return request;
  }

  /** Runs the exchange of the code that answers this request. */
  async exchange(request: AuthorizationRequest, run: () => Promise<void>): Promise<void> {
    this.#answered = request;
    this.#exchanges = 0;
    try {
      await run();
    } finally {
      this.#answered = undefined;
    }
  }

  /** A property, since the SDK calls it without its object. */
  readonly addClientAuthentication: AddClientAuthentication = (headers, body, _url, metadata) => {
    if (this.#answered === undefined) throw new Error('no authorization code is being exchanged');
    authenticateClient({ headers, body, metadata, isRepeated: this.#exchanges > 0 }, this.#answered.client);
    this.#exchanges += 1;
  };

  state(): string {
    return randomBytes(32).toString('base64url');
  }

  async tokens(): Promise<OAuthTokens | undefined> {
    return await this.#options.keeper.tokens();
  }

  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovery = state;
  }

  /** @throws UnauthorizedError when nothing more is needed than to connect again. @throws UpstreamStartError */
  async clientInformation(): Promise<OAuthClientInformationMixed | undefined> {
    const { oauth, keeper, receiver } = this.#options;
    if (this.#answered !== undefined) return this.#answered.client;
    const renewal = await keeper.renew('refused');
    switch (renewal.kind) {
      case 'renewed':
        this.#request = undefined;
        throw new UnauthorizedError('the server refused the access token; there is a new one');
      case 'failed':
        throw new UpstreamStartError(`the access token could not be renewed: ${renewal.reason}`, []);
      case 'none':
        break;
    }
    await receiver.prepare(keeper.credentials.client?.redirectUrl);
    const configured = toIdentity(oauth);
    this.#client = configured === undefined ? await this.#registered() : this.#static(configured);
    return this.#client;
  }

  async saveTokens(tokens: OAuthTokens): Promise<void> {
    const { keeper, oauth } = this.#options;
    const issuer = tokens.issuer ?? this.#issuer();
    const resource = this.#discovery?.resourceMetadata?.resource;
    // A secret of the configuration stays there; what is kept says who may see it.
    const kept = oauth.client && { client_id: oauth.client.id, issuer };
    const client = kept ?? this.#answeredClient(issuer);
    await keeper.grant(client, tokens, { issuer, ...(resource !== undefined && { resource }) });
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifiers = [...this.#verifiers.slice(1 - MAX_VERIFIERS), verifier];
  }

  codeVerifier(): string {
    if (this.#answered === undefined) throw new Error('no authorization code is being exchanged');
    return this.#answered.verifier;
  }

  redirectToAuthorization(url: URL): void {
    const { scope } = this.#options.oauth;
    if (scope !== undefined) url.searchParams.set('scope', scope);
    // OpenID Connect Core section 11: without it, nobody is asked for lasting access, and none is given.
    if (scope?.split(' ').includes('offline_access') === true) url.searchParams.set('prompt', 'consent');
    const challenge = url.searchParams.get('code_challenge');
    // Two flows may have come this far at once; only its own verifier fits.
    const verifier = this.#verifiers.find((candidate) => challengeOf(candidate) === challenge);
    const client = this.#client;
    if (verifier === undefined || client === undefined) {
      throw new Error('an authorization request came without its verifier');
    }
    this.#verifiers = this.#verifiers.filter((candidate) => candidate !== verifier);
    const metadata = this.#discovery?.authorizationServerMetadata;
    this.#request = {
      url: url.href,
      verifier,
      client,
      expected: {
        state: url.searchParams.get('state') ?? '',
        ...(metadata !== undefined && { issuer: metadata.issuer }),
        saysIssuer: isTrue(metadata, 'authorization_response_iss_parameter_supported'),
      },
    };
  }

  async invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): Promise<void> {
    const { keeper } = this.#options;
    const { client, tokens } = keeper.credentials;
    switch (scope) {
      case 'all':
        this.#verifiers = [];
        this.#discovery = undefined;
        await keeper.save({});
        return;
      case 'client':
        await keeper.save({ tokens });
        return;
      case 'tokens':
        await keeper.save({ client });
        return;
      case 'verifier':
        this.#verifiers = [];
        return;
      case 'discovery':
        this.#discovery = undefined;
    }
  }

  #answeredClient(issuer: string): KnownClient | undefined {
    const client = this.#answered?.client;
    return client && { ...client, issuer, redirectUrl: this.redirectUrl };
  }

  /** The client of the configuration, bound to the first authorization server that issued tokens to it. */
  #static(client: ClientIdentity): ClientIdentity {
    const { keeper } = this.#options;
    const issuer = keeper.credentials.client?.issuer;
    if (issuer !== undefined && this.#discovery !== undefined && issuer !== this.#issuer()) {
      throw new UpstreamStartError(
        `the server names another authorization server (${this.#issuer()}) than the one that "client_id" was used with (${issuer}); if that is right, remove its file of saved tokens`,
        [],
      );
    }
    return {
      ...client,
      ...(issuer !== undefined && { issuer }),
    };
  }

  /** A client that fits the authorization server and the redirect URL of now. */
  async #registered(): Promise<KnownClient> {
    const { keeper, fetch, now } = this.#options;
    const { client } = keeper.credentials;
    const { redirectUrl } = this;
    const endsAt = client?.client_secret_expires_at ?? 0;
    const isAlive = endsAt === 0 || endsAt * 1000 > now();
    if (
      client !== undefined &&
      isAlive &&
      client.redirectUrl === redirectUrl &&
      client.issuer === this.#issuer()
    ) {
      return client;
    }
    const discovery = this.#discovery;
    if (discovery === undefined)
      throw new Error('a client is asked for before the authorization server is known');
    this.#registering ??= register({ discovery, metadata: this.clientMetadata, redirectUrl, fetch }).finally(
      () => {
        this.#registering = undefined;
      },
    );
    const registered = await this.#registering;
    // Tokens of the client before it are of no use to this one.
    if (keeper.credentials.client?.client_id !== registered.client_id)
      await keeper.save({ client: registered });
    return registered;
  }

  #issuer(): string {
    return this.#discovery?.authorizationServerUrl ?? '';
  }
}

/** RFC 7636 section 4.2, S256. */
function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function isTrue(metadata: object | undefined, name: string): boolean {
  return (
    metadata !== undefined && Object.entries(metadata).some(([key, value]) => key === name && value === true)
  );
}
