import type { JsonObject } from '../../json/value.ts';
import { pick, section } from './base-document.ts';

/** Credentials that open the operations of a document. */
export interface SecurityOptions {
  /** A key, as Bearer token or Basic password. */
  readonly keys?: boolean;
  /** A signed token (JWT). */
  readonly tokens?: boolean;
  /** A proxy says who calls; where that is all, no scheme is told of, for callers have nothing to send. */
  readonly proxied?: boolean;
  /** Where the issuer of the tokens describes itself (OpenID Connect Discovery). */
  readonly openIdConnectUrl?: string;
}

/** Those that take keys. */
export const keySchemes: readonly string[] = ['bearer', 'basic'];

/** The schemes by name, each of which is enough by itself; undefined where none is asked for (OpenAPI 3.1 section 4.8.27). */
export function toSecuritySchemes(
  base: JsonObject,
  security: 'none' | 'api-key' | SecurityOptions,
): JsonObject | undefined {
  const { keys, tokens, openIdConnectUrl } = toOptions(security);
  const names = [
    ...(keys === true ? keySchemes : []),
    ...(tokens === true ? ['token'] : []),
    ...(openIdConnectUrl === undefined ? [] : ['openIdConnect']),
  ];
  if (names.length === 0) return undefined;
  const { openIdConnect, ...schemes } = pick(section(base, 'components', 'securitySchemes'), names);
  if (openIdConnectUrl === undefined) return schemes;
  return { ...schemes, openIdConnect: { ...(openIdConnect as JsonObject), openIdConnectUrl } }; // the base has it so
}

/** Whether tokens are among them. */
export function takesTokens(security: 'none' | 'api-key' | SecurityOptions): boolean {
  const { tokens, openIdConnectUrl } = toOptions(security);
  return tokens === true || openIdConnectUrl !== undefined;
}

/** Whether a caller may be refused for not coming by way of a proxy. */
export function isProxied(security: 'none' | 'api-key' | SecurityOptions): boolean {
  return toOptions(security).proxied === true;
}

function toOptions(security: 'none' | 'api-key' | SecurityOptions): SecurityOptions {
  if (typeof security === 'object') return security;
  return security === 'none' ? {} : { keys: true };
}
