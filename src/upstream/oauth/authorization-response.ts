import { createHash, timingSafeEqual } from 'node:crypto';

/** What tells the answer to our request from any other. */
export interface ExpectedResponse {
  readonly state: string;
  /** The authorization server's name for itself, when it has one. */
  readonly issuer?: string;
  /** It promises to say its name in every answer (RFC 9207). */
  readonly saysIssuer?: boolean;
}

/** The authorization server's answer, as it comes with the person's browser (RFC 6749 section 4.1.2). */
export type AuthorizationResponse =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'error'; readonly error: string; readonly description?: string }
  /** Not the answer to this request, whoever made it. */
  | { readonly kind: 'foreign' };

/** Parses the query of a callback; no parameter may stand there twice (RFC 6749 section 3.1). */
export function parseAuthorizationResponse(
  params: URLSearchParams,
  expected: ExpectedResponse,
): AuthorizationResponse {
  const foreign = { kind: 'foreign' } as const;
  const isAmbiguous = ['state', 'code', 'error', 'iss'].some((name) => params.getAll(name).length > 1);
  const state = params.get('state');
  if (isAmbiguous || state === null || !isSame(state, expected.state)) return foreign;
  const issuer = params.get('iss');
  // RFC 9207 section 2.4: another server's answer, brought here to be taken for ours.
  if (
    issuer === null
      ? expected.saysIssuer === true
      : expected.issuer !== undefined && issuer !== expected.issuer
  ) {
    return foreign;
  }
  const error = params.get('error');
  if (error !== null) {
    const description = params.get('error_description');
    return { kind: 'error', error, ...(description !== null && { description }) };
  }
  const code = params.get('code');
  return code === null || code === '' ? foreign : { kind: 'code', code };
}

/** In a time that does not depend on how much of it is right. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
