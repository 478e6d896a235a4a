/** How the gateway authorizes itself to a server (MCP basic/authorization, OAuth 2.1). */
export interface OauthOptions {
  /** A client that was registered by hand. @default dynamic registration (RFC 7591) */
  readonly client?: { readonly id: string; readonly secret?: string };
  /** Space-separated. @default what the server asks for */
  readonly scope?: string;
  /** Where tokens are kept between runs. @default 'file' */
  readonly storage: 'file' | 'memory';
  /**
   * How the authorization code comes back: to a port of this machine, or to the gateway's own
   * `{publicUrl}/oauth/callback/{server}`, for machines without a browser.
   *
   * `redirectUri`, of a loopback host and with that port, is where exactly: one of those that the client has.
   * @default http://127.0.0.1:{port}/callback
   */
  readonly callback:
    | { readonly kind: 'loopback'; readonly port: number; readonly redirectUri?: string }
    | { readonly kind: 'gateway'; readonly publicUrl: string };
  /** Members of the registration's client metadata that replace ours (RFC 7591 section 2). */
  readonly clientMetadata?: Readonly<Record<string, unknown>>;
}
