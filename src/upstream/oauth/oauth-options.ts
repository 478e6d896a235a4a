/** How the gateway authorizes itself to a server (MCP basic/authorization, OAuth 2.1). */
export interface OauthOptions {
  /** A client that was registered by hand. @default dynamic registration (RFC 7591) */
  readonly client?: { readonly id: string; readonly secret?: string };
  /** Space-separated. @default what the server asks for */
  readonly scope?: string;
  /** Where tokens are kept between runs. @default 'file' */
  readonly storage: 'file' | 'memory';
  /**
   * How the authorization code comes back: to a port of 127.0.0.1, or to the gateway's own
   * `{publicUrl}/oauth/callback/{server}`, for machines without a browser.
   */
  readonly callback:
    | { readonly kind: 'loopback'; readonly port: number }
    | { readonly kind: 'gateway'; readonly publicUrl: string };
  /** Members of the registration's client metadata that replace ours (RFC 7591 section 2). */
  readonly clientMetadata?: Readonly<Record<string, unknown>>;
}
