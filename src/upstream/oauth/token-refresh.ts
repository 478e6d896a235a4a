import {
  discoverAuthorizationServerMetadata,
  refreshAuthorization,
} from '@modelcontextprotocol/sdk/client/auth.js';
import {
  InvalidClientError,
  InvalidGrantError,
  UnauthorizedClientError,
} from '@modelcontextprotocol/sdk/server/auth/errors.js';
import type { AuthorizationServerMetadata, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { authenticateClient, type ClientIdentity } from './client-authentication.ts';
import type { KnownTokens } from './credentials.ts';
import { describeFailure } from './describe-failure.ts';

/** One use of a refresh token (OAuth 2.1 section 4.3). */
export interface TokenRefresh {
  readonly tokens: KnownTokens;
  readonly refreshToken: string;
  readonly client: ClientIdentity;
  /** @default asked for */
  readonly metadata?: AuthorizationServerMetadata | undefined;
  readonly fetch: FetchLike;
}

export type RefreshOutcome =
  | { readonly kind: 'refreshed'; readonly tokens: OAuthTokens }
  /** The token is of no use any more, or, with `isClient`, nothing of this client's is. */
  | { readonly kind: 'refused'; readonly isClient: boolean; readonly reason: string }
  /** Later it may work. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Asks for a new access token; never rejects. */
export async function refreshTokens(refresh: TokenRefresh): Promise<RefreshOutcome> {
  const { tokens, refreshToken, client, fetch } = refresh;
  let status = 0;
  const observed: FetchLike = async (url, init) => {
    const response = await fetch(url, init);
    if (init?.method === 'POST') status = response.status;
    return response;
  };
  let metadata = refresh.metadata;
  let isWorthRepeating = false;
  const attempt = async (isRepeated: boolean): Promise<OAuthTokens> =>
    await refreshAuthorization(tokens.issuer, {
      ...(metadata !== undefined && { metadata }),
      clientInformation: client,
      refreshToken,
      ...(tokens.resource !== undefined && { resource: tokens.resource }),
      addClientAuthentication(headers, body) {
        const method = authenticateClient({ headers, body, metadata, isRepeated }, client);
        isWorthRepeating = method === 'client_secret_basic' && !isRepeated;
      },
      fetchFn: observed,
    });
  try {
    metadata ??= await discoverAuthorizationServerMetadata(tokens.issuer, { fetchFn: fetch });
    const fresh = await attempt(false).catch(async (error: unknown) => {
      if (!isWorthRepeating || !isOfClient(error)) throw error;
      // The token has not been looked at: the client is authenticated first.
      return await attempt(true);
    });
    return { kind: 'refreshed', tokens: fresh };
  } catch (error) {
    const reason = describeFailure(error, [refreshToken, client.client_secret]);
    if (isOfClient(error)) return { kind: 'refused', isClient: true, reason };
    const isFinal = error instanceof InvalidGrantError || (metadata !== undefined && isRefusal(status));
    return isFinal ? { kind: 'refused', isClient: false, reason } : { kind: 'failed', reason };
  }
}

function isOfClient(error: unknown): boolean {
  return error instanceof InvalidClientError || error instanceof UnauthorizedClientError;
}

/** Some say so in words of their own, and some with status 200 and no token. */
function isRefusal(status: number): boolean {
  return status === 200 || (status >= 400 && status < 500 && status !== 408 && status !== 429);
}
