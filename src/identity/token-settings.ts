/** Which signed tokens (RFC 7519) are believed. */
export interface TokenSettings {
  /** What their `iss` has to be; without `keys`, the issuer is asked where its keys are. @default any */
  readonly issuer?: string;
  /** Where their keys are. @default the issuer says */
  readonly keys?:
    { readonly kind: 'url'; readonly url: string } | { readonly kind: 'file'; readonly path: string };
  /** One of these has to be in their `aud`. @default not looked at */
  readonly audiences: readonly string[];
  /** Only these, of those that the keys allow. @default all of them */
  readonly algorithms?: readonly string[];
  /** How far clocks may differ, for `exp` and `nbf`. */
  readonly clockToleranceMs: number;
  /** The issuer and its keys may be asked over plain HTTP beyond this machine. */
  readonly allowsHttp: boolean;
}
