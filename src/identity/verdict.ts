import type { Identity } from './identity.ts';

/** What comes of the secret that a request shows. */
export type Verdict =
  | { readonly kind: 'known'; readonly identity: Identity }
  /** It is no key that opens anything. `detail` is for the caller, and repeats nothing of it. */
  | { readonly kind: 'wrong_key'; readonly detail: string }
  /** It is a token, or has to be one, and is not accepted; likewise (RFC 6750 section 3.1, `invalid_token`). */
  | { readonly kind: 'bad_token'; readonly detail: string }
  /** Nobody can say at the moment; it may be worth another try after this time. */
  | { readonly kind: 'unverifiable'; readonly detail: string; readonly retryAfterMs: number };

/** Whether tokens can be verified; for readiness. */
export type TokenKeysState =
  /** `problem`: why the keys could not be fetched anew the last time; those from before are used. */
  | { readonly kind: 'ready'; readonly problem?: string }
  | { readonly kind: 'no_keys'; readonly problem: string };

/** Of what is no token, as far as can be seen. */
export const unreadable = 'The token cannot be read; send a signed JWT as "Authorization: Bearer <token>".';
