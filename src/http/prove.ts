import type { Problem } from '../errors.ts';
import type { Credentials } from '../gateway/profile.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import { sharedKeyIdentity, type Identity } from '../identity/identity.ts';
import type { Verdict } from '../identity/verdict.ts';
import { createKeyCheck, readAuthorization, type Presented } from './credentials.ts';

/** What came of an Authorization header. */
export type Proof =
  /** For a profile to judge; with the identity when they are right. */
  | { readonly kind: 'credentials'; readonly credentials: Credentials; readonly identity?: Identity }
  /** A token that is not accepted: no profile says otherwise. */
  | { readonly kind: 'refused'; readonly problem: Problem };

/** Says who calls; at once, unless a token has to be verified. Never rejects. */
export type Prove = (authorization: string | undefined) => Proof | Promise<Proof>;

/** Undefined where no credentials are asked for. */
export function createProve(
  apiKey: string | undefined,
  authenticator: Authenticator | undefined,
): Prove | undefined {
  if (apiKey === undefined && authenticator === undefined) return undefined;
  const isSharedKey = apiKey === undefined ? undefined : createKeyCheck(apiKey);
  return (authorization) => {
    const presented = readAuthorization(authorization);
    if (presented.kind !== 'secret') return { kind: 'credentials', credentials: presented };
    const { scheme, secret } = presented;
    if (isSharedKey?.(secret) === true) return toShared(scheme);
    const verdict = authenticator?.judge(secret);
    if (verdict === undefined) return toWrong(scheme);
    return verdict instanceof Promise
      ? verdict.then((settled) => toProof(settled, scheme))
      : toProof(verdict, scheme);
  };
}

type Scheme = Extract<Presented, { kind: 'secret' }>['scheme'];

function toShared(scheme: Scheme): Proof {
  return {
    kind: 'credentials',
    credentials: { kind: 'key', scheme, isRight: true },
    identity: sharedKeyIdentity,
  };
}

function toWrong(scheme: Scheme, detail?: string): Proof {
  const credentials: Credentials = {
    kind: 'key',
    scheme,
    isRight: false,
    ...(detail !== undefined && { detail }),
  };
  return { kind: 'credentials', credentials };
}

function toProof(verdict: Verdict, scheme: Scheme): Proof {
  switch (verdict.kind) {
    case 'known': {
      const credentials: Credentials = { kind: 'key', scheme, isRight: true };
      return { kind: 'credentials', credentials, identity: verdict.identity };
    }
    case 'wrong_key':
      return toWrong(scheme, verdict.detail);
    case 'bad_token':
      return { kind: 'refused', problem: toTokenProblem(verdict.detail, scheme) };
    case 'unverifiable': {
      const { detail, retryAfterMs } = verdict;
      return {
        kind: 'refused',
        problem: { code: 'issuer_unavailable', detail, retryAfter: retryAfterMs / 1_000 },
      };
    }
  }
}

/** Of Basic credentials a browser asks for new ones only when it is challenged for them. */
function toTokenProblem(detail: string, scheme: Scheme): Problem {
  // RFC 6750 section 3: no quotation marks inside of the description.
  const challenge = `Bearer error="invalid_token", error_description="${detail.replaceAll('"', "'")}"`;
  return { code: 'invalid_token', detail, ...(scheme === 'bearer' && { challenge }) };
}
