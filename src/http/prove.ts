import type { IncomingMessage } from 'node:http';
import type { Problem } from '../errors.ts';
import type { Credentials } from '../gateway/profile.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import { sharedKeyIdentity, type Identity } from '../identity/identity.ts';
import type { Verdict } from '../identity/verdict.ts';
import { createKeyCheck, readAuthorization, type Presented } from './credentials.ts';
import type { ForwardedUsers } from './forwarded-users.ts';

/** What came of an Authorization header. */
export type Proof =
  /** For a profile to judge; with the identity when they are right. */
  | { readonly kind: 'credentials'; readonly credentials: Credentials; readonly identity?: Identity }
  /** A token that is not accepted: no profile says otherwise. */
  | { readonly kind: 'refused'; readonly problem: Problem };

/** Says who calls; at once, unless a token has to be verified. Never rejects. */
export type Prove = (request: IncomingMessage) => Proof | Promise<Proof>;

/** Who is known. */
export interface ProveOptions {
  readonly apiKey?: string | undefined;
  readonly authenticator?: Authenticator | undefined;
  /** Those whom a proxy speaks for; where nobody else is known, only it may call. */
  readonly forwardedUsers?: ForwardedUsers | undefined;
}

/** Undefined where nobody is asked who they are. */
export function createProve({ apiKey, authenticator, forwardedUsers }: ProveOptions): Prove | undefined {
  const judge = createCredentialsProof(apiKey, authenticator);
  if (forwardedUsers === undefined) return judge && (({ headers }) => judge(headers.authorization));
  return (request) => {
    const isProxy = forwardedUsers.admits(request);
    if (judge === undefined) return isProxy ? toProxyProof(forwardedUsers, request) : notProxy;
    const proof = judge(request.headers.authorization);
    if (!isProxy) return proof;
    return proof instanceof Promise
      ? proof.then((settled) => speakFor(settled, forwardedUsers, request))
      : speakFor(proof, forwardedUsers, request);
  };
}

/** A proxy with a key of its own speaks for its user; a token says whose it is itself. */
function speakFor(proof: Proof, users: ForwardedUsers, request: IncomingMessage): Proof {
  if (proof.kind === 'refused' || proof.identity === undefined || proof.identity.kind === 'token')
    return proof;
  const forwarded = users.read(request, proof.identity);
  switch (forwarded.kind) {
    case 'user':
      return { ...proof, identity: forwarded.identity };
    case 'nobody':
      return proof;
    case 'refused':
      return forwarded;
  }
}

/** Where no credentials are asked for, being a proxy is one. */
function toProxyProof(users: ForwardedUsers, request: IncomingMessage): Proof {
  const forwarded = users.read(request, undefined);
  switch (forwarded.kind) {
    case 'user': {
      const credentials: Credentials = { kind: 'key', scheme: 'bearer', isRight: true };
      return { kind: 'credentials', credentials, identity: forwarded.identity };
    }
    case 'nobody':
      return nobody;
    case 'refused':
      return forwarded;
  }
}

/** No 401: no credentials would help. */
const notProxy: Proof = {
  kind: 'refused',
  problem: {
    code: 'forbidden',
    detail:
      'This gateway is called by way of a proxy that says who its users are; this call came from elsewhere.',
  },
};
const nobody: Proof = {
  kind: 'refused',
  problem: {
    code: 'forbidden',
    detail:
      'The proxy does not say who its user is: it has to send X-OpenWebUI-User-Id, as Open WebUI does with ENABLE_FORWARD_USER_INFO_HEADERS=true.',
  },
};

function createCredentialsProof(
  apiKey: string | undefined,
  authenticator: Authenticator | undefined,
): ((authorization: string | undefined) => Proof | Promise<Proof>) | undefined {
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
