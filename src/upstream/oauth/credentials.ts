import {
  OAuthClientInformationSchema,
  OAuthTokensSchema,
  type OAuthClientInformation,
  type OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';
import { z } from 'zod';

/** What one server let us have. Replaced whole, never changed. */
export interface Credentials {
  readonly client?: KnownClient | undefined;
  readonly tokens?: KnownTokens | undefined;
}

/** A client as registered; of one that was registered by hand, only whom it belongs to. */
export type KnownClient = Readonly<OAuthClientInformation> & {
  /** The authorization server that knows it; it is shown to no other. */
  readonly issuer: string;
  /** What it was registered with. */
  readonly redirectUrl?: string | undefined;
  readonly token_endpoint_auth_method?: string | undefined;
};

export type KnownTokens = Readonly<OAuthTokens> & {
  /** The authorization server they come from; the refresh token is sent to no other. */
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
  /** The resource indicator they were asked for with (RFC 8707). */
  readonly resource?: string | undefined;
};

const credentialsSchema = z.object({
  client: OAuthClientInformationSchema.extend({
    issuer: z.string(),
    redirectUrl: z.string().optional(),
    token_endpoint_auth_method: z.string().optional(),
  }).optional(),
  tokens: OAuthTokensSchema.extend({
    issuer: z.string(),
    expiresAt: z.number().optional(),
    resource: z.string().optional(),
  }).optional(),
});

/** Undefined for anything that `JSON.stringify` of credentials did not write. */
export function parseCredentials(text: string): Credentials | undefined {
  try {
    return credentialsSchema.parse(JSON.parse(text));
  } catch {
    // The parser's message would quote the text.
    return undefined;
  }
}
