import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Operation } from '../contract/contract.ts';
import type { DocumentForm } from '../contract/forms/document-form.ts';
import type { Problem } from '../errors.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { problemStatus } from '../gateway/problem.ts';
import { createCallObserver } from './calls.ts';
import { createCredentialsCheck } from './credentials.ts';
import { addDocumentRoutes } from './documents.ts';
import { findForeignPage } from './foreign-page.ts';
import { addHealthRoutes } from './health.ts';
import { createMetrics } from './metrics.ts';
import { addPageRoutes } from './pages.ts';
import { answerExpectation, answerParserError, handleErrors, sendProblem } from './problems.ts';
import { requestIdOf } from './request-id.ts';
import { addToolRoutes } from './tools.ts';

/** The parts and limits of the HTTP side. */
export interface HttpOptions {
  readonly gateway: Gateway;
  /** The server's name for logs and metrics, by operation. */
  readonly serverName: (operation: Operation) => string;
  readonly apiKey?: string;
  /** Documents, pages and metrics need the key as well. @default false */
  readonly strictAuth?: boolean;
  /** How the document is shown. */
  readonly documentForm?: DocumentForm;
  readonly maxBodyBytes: number;
  readonly requestTimeoutMs: number;
  /** Between the comments of a silent event stream. @default 15 s */
  readonly heartbeatMs?: number;
  readonly logger: FastifyBaseLogger;
}

const maxHeaders = 200;
const maxUrlLength = 8_192;
const readMethods = ['GET', 'HEAD'];

/** Makes the HTTP server; `listen` it, or `inject` requests. */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const { gateway, requestTimeoutMs } = options;
  const app: FastifyInstance = fastify({
    loggerInstance: options.logger,
    // One line a call is ours to write, with fields of ours.
    logController: new fastify.LogController({ disableRequestLogging: true }),
    // A child for each request would cost more than its line; lines name their request themselves.
    childLoggerFactory: (logger) => logger,
    genReqId: requestIdOf,
    requestIdHeader: false,
    // Draining answers in our own words.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    keepAliveTimeout: 65_000,
    requestTimeout: requestTimeoutMs,
    http: {
      headersTimeout: requestTimeoutMs,
      // Node's own answer to a request without Host has no body; ours is below.
      requireHostHeader: false,
      // Node looks for late requests this often; the default of 30 s would double the time-out.
      connectionsCheckingInterval: Math.min(1_000, Math.max(50, requestTimeoutMs / 4)),
    },
    clientErrorHandler: answerParserError,
    frameworkErrors: (_error, request, reply) => {
      reply.header('x-request-id', request.id);
      sendProblem(request, reply, { code: 'bad_request', detail: 'The URL is not valid percent-encoding.' });
    },
  });
  // Node drops headers past its limit without a word; one more than ours still shows here.
  app.server.maxHeadersCount = maxHeaders + 1;
  app.server.on('checkExpectation', answerExpectation);
  app.server.on('connection', (socket: Socket) => socket.setNoDelay(true));
  handleErrors(app);
  const mayReadDetails = addChecks(app, options);
  const metrics = createMetrics(gateway);
  addHealthRoutes(app, gateway, mayReadDetails);
  app.get('/metrics', async (_request, reply) => reply.type(metrics.mediaType).send(await metrics.render()));
  addDocumentRoutes(app, gateway, options.documentForm);
  await addPageRoutes(app, gateway);
  addToolRoutes(app, {
    gateway,
    maxBodyBytes: options.maxBodyBytes,
    heartbeatMs: options.heartbeatMs ?? 15_000,
    pages: new Map(pagePaths.map((path) => [path, readMethods])),
    observer: createCallObserver(options.logger, metrics, options.serverName),
  });
  return app;
}

const pagePaths = [
  '/',
  '/docs',
  '/redoc',
  '/openapi.json',
  '/openapi.yaml',
  '/healthz',
  '/readyz',
  '/metrics',
];
/** Open even under strict authentication: probes have no key, and the assets are those of the package. */
const alwaysOpen = new Set(['/healthz', '/readyz', '/docs/assets/*']);
/** Open unless authentication is strict. */
const pages = new Set(pagePaths);

/** Adds what is checked before routing, in the order of spec/mapping.md; returns who may read details. */
function addChecks(app: FastifyInstance, options: HttpOptions): (request: FastifyRequest) => boolean {
  const check = options.apiKey === undefined ? undefined : createCredentialsCheck(options.apiKey);
  // With a callback: a promise for each request would be made for nothing.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    if (options.gateway.isDraining) reply.header('connection', 'close');
    const fault =
      findFault(request.raw) ??
      findForeignPage(request.raw, check !== undefined) ??
      (needsKey(request) ? check?.(request.headers.authorization) : undefined);
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

  function needsKey(request: FastifyRequest): boolean {
    const route = request.routeOptions.url ?? '/*';
    if (alwaysOpen.has(route)) return false;
    return options.strictAuth === true || !pages.has(route);
  }

  return (request) => options.strictAuth !== true || check?.(request.headers.authorization) === undefined;
}

function findFault(request: IncomingMessage): Problem | undefined {
  // RFC 9112 section 3.2.
  if (request.headers.host === undefined && request.httpVersion === '1.1') {
    return { code: 'bad_request', detail: 'The request has no Host header.' };
  }
  if ((request.url?.length ?? 0) > maxUrlLength) {
    return { code: 'uri_too_long', detail: `The URL is longer than ${maxUrlLength} characters.` };
  }
  if (request.rawHeaders.length > maxHeaders * 2) {
    return { code: 'headers_too_large', detail: `The request has more than ${maxHeaders} headers.` };
  }
  return undefined;
}
