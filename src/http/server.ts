import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Operation } from '../contract/contract.ts';
import type { DocumentForm } from '../contract/forms/document-form.ts';
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
import { findRequestFault, maxHeaders } from './request-fault.ts';
import { requestIdOf } from './request-id.ts';
import type { Certificate } from './tls-certificate.ts';
import { createTlsServer } from './tls-server.ts';
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
  /** To serve HTTPS with; `replaceCertificate` changes it. @default plain HTTP */
  readonly certificate?: Certificate;
  /** Between the comments of a silent event stream. @default 15 s */
  readonly heartbeatMs?: number;
  readonly logger: FastifyBaseLogger;
}

const keepAliveMs = 65_000;
const readMethods = ['GET', 'HEAD'];

/** Makes the HTTP server; `listen` it, or `inject` requests. */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const { gateway, requestTimeoutMs, certificate, logger } = options;
  // Node looks for late requests this often; the default of 30 s would double the time-out.
  const checkEveryMs = Math.min(1_000, Math.max(50, requestTimeoutMs / 4));
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    // One line a call is ours to write, with fields of ours.
    logController: new fastify.LogController({ disableRequestLogging: true }),
    // A child for each request would cost more than its line; lines name their request themselves.
    childLoggerFactory: (parent) => parent,
    genReqId: requestIdOf,
    requestIdHeader: false,
    // Draining answers in our own words.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    keepAliveTimeout: keepAliveMs,
    requestTimeout: requestTimeoutMs,
    http: {
      headersTimeout: requestTimeoutMs,
      // Node's own answer to a request without Host has no body; ours is below.
      requireHostHeader: false,
      connectionsCheckingInterval: checkEveryMs,
    },
    ...(certificate !== undefined && {
      serverFactory: (handler: RequestListener) =>
        createTlsServer({ certificate, requestTimeoutMs, keepAliveMs, checkEveryMs, logger }, handler),
    }),
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
    // HTTP/2 says it by GOAWAY, and has no such header (RFC 9113 section 8.2.2).
    if (options.gateway.isDraining && request.raw.httpVersionMajor < 2) reply.header('connection', 'close');
    const fault =
      findRequestFault(request.raw) ??
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
