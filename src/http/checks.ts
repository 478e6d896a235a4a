import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Problem } from '../errors.ts';
import { problemStatus } from '../gateway/problem.ts';
import type { Profile } from '../gateway/profile.ts';
import type { Cors } from './cors.ts';
import { createCredentialsReader, judgeCredentials } from './credentials.ts';
import { findForeignPage } from './foreign-page.ts';
import { sendProblem } from './problems.ts';
import { findRequestFault } from './request-fault.ts';

/** What is checked before routing. */
export interface CheckOptions {
  readonly apiKey?: string | undefined;
  readonly strictAuth: boolean;
  readonly trustProxy: boolean;
  readonly cors: Cors | undefined;
  readonly isLeaving: () => boolean;
  /**
   * Who needs no key: `everyone`, anybody unless authentication is `strict`, or, with `key`, nobody.
   */
  readonly openTo: (request: FastifyRequest) => 'everyone' | 'unless_strict' | 'key';
  /** @default either scheme opens everything */
  readonly judge?: Profile['judgeCredentials'] | undefined;
}

/** What a caller of a page that is open may see. */
export interface Access {
  /** The names of servers and tools. */
  readonly mayReadDetails: boolean;
  /** There is no key, or the caller has it. */
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
  const { apiKey, strictAuth, trustProxy, cors, isLeaving, openTo, judge = judgeCredentials } = options;
  const read = apiKey === undefined ? undefined : createCredentialsReader(apiKey);
  const origins = {
    hasKey: read !== undefined,
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
    const fault = malformed ?? findForeignPage(request, origins) ?? findMissingKey(request);
    if (fault === undefined) {
      done();
      return;
    }
    sendProblem(request, reply, fault);
    const { code } = fault;
    request.log.info(
      { requestId: request.id, peer: request.ip, status: problemStatus(fault), code },
      'refused',
    );
  });

  function findMissingKey(request: FastifyRequest): Problem | undefined {
    if (read === undefined) return undefined;
    const open = openTo(request);
    if (open === 'everyone' || (open === 'unless_strict' && !strictAuth)) return undefined;
    return judge(read(request.headers.authorization), open !== 'key');
  }

  return {
    accessOf(request) {
      const mayAct =
        read === undefined || judgeCredentials(read(request.headers.authorization)) === undefined;
      return { mayAct, mayReadDetails: !strictAuth || mayAct };
    },
    isPlain(request) {
      const { headers } = request;
      if (request.httpVersionMajor !== 1 || cors !== undefined || isLeaving()) return false;
      // What a browser adds is for the full checks.
      if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) return false;
      if (findRequestFault(request) !== undefined) return false;
      return read === undefined || judge(read(headers.authorization), false) === undefined;
    },
  };
}
