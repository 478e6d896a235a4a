import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../errors.ts';
import { problemStatus } from '../gateway/problem.ts';
import type { Profile } from '../gateway/profile.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import type { Cors } from './cors.ts';
import { createJudge } from './credentials.ts';
import type { ForwardedUsers } from './forwarded-users.ts';
import { findForeignPage } from './foreign-page.ts';
import { sendProblem } from './problems.ts';
import { createProve, type Proof } from './prove.ts';
import { findRequestFault } from './request-fault.ts';
import { identityOf, setIdentity } from './request-identity.ts';

/** What is checked before routing. */
export interface CheckOptions {
  readonly apiKey?: string | undefined;
  /** Tells callers by more than that key. */
  readonly authenticator?: Authenticator | undefined;
  /** Those whom a proxy speaks for. */
  readonly forwardedUsers?: ForwardedUsers | undefined;
  readonly strictAuth: boolean;
  readonly trustProxy: boolean;
  readonly cors: Cors | undefined;
  readonly isLeaving: () => boolean;
  /**
   * Who needs no credentials: `everyone`, anybody unless authentication is `strict`, or, with `key`, nobody. `unasked`:
   * everyone, and those that come are not looked at.
   */
  readonly openTo: (request: FastifyRequest) => 'unasked' | 'everyone' | 'unless_strict' | 'key';
  /** @default either scheme opens everything */
  readonly judge?: Profile['judgeCredentials'] | undefined;
}

/** What a caller of a page that is open may see. */
export interface Access {
  /** The names of servers and tools. */
  readonly mayReadDetails: boolean;
  /** No credentials are asked for, or the caller has them. */
  readonly mayAct: boolean;
}

/** Who may what. */
export interface Checks {
  /** What the caller of a page that is open may see. */
  readonly accessOf: (request: FastifyRequest) => Access;
  /** Whether a request of HTTP/1 to a tool is so plain that the checks would let it pass, and add no header. */
  readonly isPlain: (request: IncomingMessage) => boolean;
}

/** Adds what is checked before routing, in the order of spec/mapping.md. */
export function addChecks(app: FastifyInstance, options: CheckOptions): Checks {
  const { apiKey, authenticator, forwardedUsers, strictAuth, trustProxy, cors, isLeaving, openTo } = options;
  const prove = createProve({ apiKey, authenticator, forwardedUsers });
  const accepted = {
    keys: authenticator?.hasKeys ?? true,
    tokens: authenticator?.tokenKeys !== undefined,
  };
  const { judge = createJudge(accepted) } = options;
  const origins = {
    // A browser that goes by way of a proxy brings what the proxy knows it by, whatever page it is on.
    hasKey: apiKey !== undefined || authenticator !== undefined,
    trustProxy,
    ...(cors !== undefined && { isAllowed: cors.isAllowed }),
  };
  // With a callback: a promise for each request would be made for nothing.
  app.addHook('onRequest', (request, reply, done) => {
    // The lane for calls sets the same.
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    // HTTP/2 says it by GOAWAY, and has no such header (RFC 9113 section 8.2.2).
    if (isLeaving() && request.raw.httpVersionMajor < 2) reply.header('connection', 'close');
    const isPreflight = cors?.apply(request, reply) === true;
    const malformed = findRequestFault(request.raw);
    if (isPreflight && malformed === undefined) {
      // Browsers ask without credentials, whatever they are going to send (Fetch, section 3.3.5).
      void reply.code(204).send();
      return;
    }
    const finish = (fault: Problem | undefined): void => {
      if (fault === undefined) done();
      else refuse(request, reply, fault);
    };
    const open = openTo(request);
    // What everyone may ask for says nothing that is worth a page's while.
    const isSafe = isReading(request) && (open === 'unasked' || open === 'everyone');
    const fault = malformed ?? (isSafe ? undefined : findForeignPage(request, origins));
    if (fault !== undefined || prove === undefined || open === 'unasked') {
      finish(fault);
      return;
    }
    const proof = prove(request.raw);
    const isOpen = open === 'everyone' || (open === 'unless_strict' && !strictAuth);
    const settle = (settled: Proof): void =>
      finish(findMissing(request.raw, settled, isOpen, open !== 'key'));
    // Neither rejects: what goes wrong with a token is a verdict.
    if (proof instanceof Promise) void proof.then(settle);
    else settle(proof);
  });

  /** Why a request may not pass; whoever may is known from here on. */
  function findMissing(
    request: IncomingMessage,
    proof: Proof,
    isOpen: boolean,
    isPage: boolean,
  ): Problem | undefined {
    const fault = proof.kind === 'refused' ? proof.problem : judge(proof.credentials, isPage);
    const hasIdentity = proof.kind === 'credentials' && proof.identity !== undefined;
    if (hasIdentity && (fault === undefined || isOpen)) setIdentity(request, proof.identity);
    return isOpen ? undefined : fault;
  }

  return {
    accessOf(request) {
      const mayAct = prove === undefined || identityOf(request.raw) !== undefined;
      const mayRead = !strictAuth || mayAct;
      return { mayAct, mayReadDetails: mayRead && findForeignPage(request, origins) === undefined };
    },
    isPlain(request) {
      const { headers } = request;
      if (request.httpVersionMajor !== 1 || cors !== undefined || isLeaving()) return false;
      // What a browser adds is for the full checks.
      if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) return false;
      if (findRequestFault(request) !== undefined) return false;
      if (prove === undefined) return true;
      const proof = prove(request);
      // A token that has to be verified is waited for by the full checks.
      return !(proof instanceof Promise) && findMissing(request, proof, false, false) === undefined;
    },
  };
}

function isReading({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function refuse(request: FastifyRequest, reply: FastifyReply, fault: Problem): void {
  sendProblem(request, reply, fault);
  const { code } = fault;
  const traceId = request.server.requestRecords?.of(request.raw)?.trace?.traceId;
  request.log.info(
    { requestId: request.id, peer: request.ip, status: problemStatus(fault), code, trace_id: traceId },
    'refused',
  );
}
