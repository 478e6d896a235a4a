import { registerClient, type OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthClientMetadata } from '@modelcontextprotocol/sdk/shared/auth.js';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { UpstreamStartError } from '../../errors.ts';
import { methodToRegister } from './client-authentication.ts';
import type { KnownClient } from './credentials.ts';
import { describeFailure } from './describe-failure.ts';
import type { OauthOptions } from './oauth-options.ts';

/** Where and as what a client is registered. */
export interface ClientRegistration {
  readonly discovery: OAuthDiscoveryState;
  readonly metadata: OAuthClientMetadata;
  readonly redirectUrl: string;
  readonly fetch: FetchLike;
}

/** What we say of ourselves (RFC 7591 section 2), with what the configuration replaces. */
export function toClientMetadata(
  oauth: OauthOptions,
  redirectUrl: string,
  clientName: string,
  discovery: OAuthDiscoveryState | undefined,
): OAuthClientMetadata {
  const scope = oauth.scope ?? discovery?.resourceMetadata?.scopes_supported?.join(' ');
  // OpenID Connect Registration section 2: only native clients may be sent back to this machine.
  const kind = { application_type: oauth.callback.kind === 'loopback' ? 'native' : 'web' };
  return {
    client_name: clientName,
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: methodToRegister(discovery?.authorizationServerMetadata),
    ...kind,
    ...(scope !== undefined && scope !== '' && { scope }),
    ...oauth.clientMetadata,
  };
}

/** Registers a client (RFC 7591 section 3). @throws UpstreamStartError */
export async function register(registration: ClientRegistration): Promise<KnownClient> {
  const { discovery, metadata, redirectUrl, fetch } = registration;
  const { authorizationServerUrl, authorizationServerMetadata } = discovery;
  if (
    authorizationServerMetadata !== undefined &&
    authorizationServerMetadata.registration_endpoint === undefined
  ) {
    throw new UpstreamStartError(
      'the authorization server registers no clients by itself; register one there, and set "client_id"',
      [],
    );
  }
  try {
    const client = await registerClient(authorizationServerUrl, {
      ...(authorizationServerMetadata !== undefined && { metadata: authorizationServerMetadata }),
      clientMetadata: metadata,
      fetchFn: fetch,
    });
    const { client_id, client_secret, client_id_issued_at, client_secret_expires_at } = client;
    return {
      client_id,
      client_secret,
      client_id_issued_at,
      client_secret_expires_at,
      token_endpoint_auth_method: client.token_endpoint_auth_method,
      issuer: authorizationServerUrl,
      redirectUrl,
    };
  } catch (error) {
    throw new UpstreamStartError(
      `the authorization server did not register a client: ${describeFailure(error)}`,
      [],
    );
  }
}
