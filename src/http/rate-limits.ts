import type { Operation } from '../contract/contract.ts';
import type { Problem } from '../errors.ts';
import type { LimitedRequest } from '../limits/client-key.ts';
import type { RateLimiter, RateVerdict } from '../limits/rate-limiter.ts';
import type { Exchange } from './exchange.ts';
import type { IdentifyClient } from './identify-client.ts';
import { identityOf } from './request-identity.ts';
import { streamOf } from './tls/http2.ts';

/** Has the limits of the moment. */
export interface LimitSource {
  /** Undefined as long as there have been none. */
  readonly limiter: RateLimiter | undefined;
}

/** How often each client may call. */
export interface CallLimits {
  readonly source: LimitSource;
  readonly addressOf: IdentifyClient;
}

/** Why a call may not be made; aborted: its caller has gone meanwhile. */
export type LimitedCall =
  { readonly kind: 'problem'; readonly problem: Problem } | { readonly kind: 'aborted' };

/** Counts a call, and adds to its answer how many more may follow; undefined when it may be made. */
export async function limitCall(
  { request, headers }: Exchange,
  { server, tool }: Operation,
  limiter: RateLimiter,
  addressOf: IdentifyClient,
): Promise<LimitedCall | undefined> {
  const limited: LimitedRequest = {
    identity: identityOf(request),
    headers: request.headers,
    address: () => addressOf(request),
  };
  const verdict = await limiter.check(server, tool, limited);
  // Nobody would tell the one who reads the body.
  if (request.destroyed || streamOf(request)?.closed === true) return { kind: 'aborted' };
  if (verdict.kind === 'unavailable') return { kind: 'problem', problem: unavailable };
  Object.assign(headers, verdict.fields);
  return verdict.kind === 'limited' ? { kind: 'problem', problem: toProblem(verdict, tool) } : undefined;
}

const unavailable: Problem = {
  code: 'limits_unavailable',
  detail: 'How many calls were made cannot be asked for at the moment; nothing was sent, retry later.',
  retryAfter: 1,
};

function toProblem(
  { limit, scope, retryAfter }: Extract<RateVerdict, { readonly kind: 'limited' }>,
  tool: string,
): Problem {
  const what = { all: 'all calls', server: 'the calls of this server', tool: `calls of ${tool}` }[scope];
  const seconds = limit.windowMs / 1_000;
  return {
    code: 'rate_limited',
    detail: `The limit for ${what} is ${limit.max} in ${seconds === 1 ? 'a second' : `${seconds} s`}; nothing was sent, call again in ${retryAfter} s.`,
    retryAfter,
  };
}
