import type { AuthorizationServerMetadata } from '@modelcontextprotocol/sdk/shared/auth.js';
import type { OauthOptions } from './oauth-options.ts';

/** Whom the token endpoint is to know, and how. */
export interface ClientIdentity {
  readonly client_id: string;
  readonly client_secret?: string | undefined;
  /** As registered, or as the configuration says. */
  readonly token_endpoint_auth_method?: string | undefined;
}

export type AuthenticationMethod = 'none' | 'client_secret_basic' | 'client_secret_post';

/** A request of the token endpoint before it is sent. */
export interface TokenRequest {
  readonly headers: Headers;
  readonly body: URLSearchParams;
  readonly metadata: AuthorizationServerMetadata | undefined;
  /** A server has refused the client before, with the same request. */
  readonly isRepeated: boolean;
}

/**
 * Authenticates a request of the token endpoint (RFC 6749 section 2.3.1), in place.
 *
 * Some servers look for the client's id in the body alone, which may hold it beside an Authorization header (section
 * 3.2.1); others take that for a second authentication and refuse it. So the header comes alone first.
 *
 * @returns how; with `client_secret_basic`, a second attempt differs from the first
 */
export function authenticateClient(
  { headers, body, metadata, isRepeated }: TokenRequest,
  client: ClientIdentity,
): AuthenticationMethod {
  const { client_id: id, client_secret: secret = '' } = client;
  const method = methodOf(client, offeredBy(metadata));
  if (method === 'client_secret_basic') {
    // Encoded first, so that an id may hold a colon.
    const credentials = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
    headers.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
  }
  if (method !== 'client_secret_basic' || isRepeated) body.set('client_id', id);
  if (method === 'client_secret_post') body.set('client_secret', secret);
  return method;
}

/** The client that was registered by hand. */
export function toIdentity({ client, clientMetadata = {} }: OauthOptions): ClientIdentity | undefined {
  if (client === undefined) return undefined;
  const { id, secret } = client;
  const method = clientMetadata['token_endpoint_auth_method'];
  return {
    client_id: id,
    ...(secret !== undefined && { client_secret: secret }),
    ...(typeof method === 'string' && { token_endpoint_auth_method: method }),
  };
}

/** What to register with: a client on a user's machine keeps no secret, unless the server insists. */
export function methodToRegister(metadata: AuthorizationServerMetadata | undefined): AuthenticationMethod {
  const offered = offeredBy(metadata);
  return offered.includes('none') ? 'none' : (offered.find(isMethod) ?? 'none');
}

function methodOf(client: ClientIdentity, offered: readonly string[]): AuthenticationMethod {
  const { client_secret: secret, token_endpoint_auth_method: said } = client;
  if (secret === undefined || secret === '') return 'none';
  // Some servers confirm whatever they are asked for.
  if (said !== undefined && isMethod(said) && (offered.length === 0 || offered.includes(said))) return said;
  // RFC 8414 section 2: what a server supports that does not say.
  if (offered.length === 0) return 'client_secret_basic';
  const withSecret = offered.find((method) => method !== 'none' && isMethod(method));
  if (withSecret !== undefined && isMethod(withSecret)) return withSecret;
  return offered.includes('none') ? 'none' : 'client_secret_post';
}

/** In the server's order. */
function offeredBy(metadata: AuthorizationServerMetadata | undefined): readonly string[] {
  return metadata?.token_endpoint_auth_methods_supported ?? [];
}

function isMethod(name: string): name is AuthenticationMethod {
  return name === 'none' || name === 'client_secret_basic' || name === 'client_secret_post';
}
