import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Authorization } from '../authorization/authorization.ts';
import type { Operation } from '../contract/contract.ts';
import { buildServerDocument } from '../contract/document/build-document.ts';
import type { DocumentForm } from '../contract/forms/document-form.ts';
import { loadDocumentForm } from '../contract/forms/load-document-form.ts';
import type { Problem } from '../errors.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import { KeyedCalls } from '../gateway/idempotency/keyed-calls.ts';
import type { AnswerSharing } from '../gateway/idempotency/shared-answers.ts';
import type { Profile } from '../gateway/profile.ts';
import type { RedisHealth } from '../redis/redis-link.ts';
import type { Logger } from '../logger.ts';
import { backgroundClock } from '../upstream/clock.ts';
import type { FairBy } from '../upstream/calls/fair-by.ts';
import type { OauthCallbacks } from '../upstream/oauth/oauth-callbacks.ts';
import type { CallOptions } from './answer-call.ts';
import { createCallLane, type TakeCall } from './call-lane.ts';
import { createCallObserver } from './calls.ts';
import { addChecks } from './checks.ts';
import { createCors } from './cors.ts';
import { addDocumentRoutes } from './documents.ts';
import { addHealthRoutes } from './health.ts';
import { createIdentifyClient } from './identify-client.ts';
import { createMetrics } from './metrics.ts';
import { addOauthCallbackRoute, oauthCallbackPath } from './oauth-callback.ts';
import { createPageRoutes } from './page-routes.ts';
import { addPageRoutes, assetsFolder } from './pages.ts';
import { createPlainServer } from './plain-server.ts';
import { createUrlRewrite, type Prefixes } from './prefixes.ts';
import { createProblemPages } from './problem-page.ts';
import { answerExpectation, answerParserError, handleErrors, sendProblem } from './problems.ts';
import { maxHeaders } from './request-fault.ts';
import type { LimitSource } from './rate-limits.ts';
import { requestIdOf } from './request-id.ts';
import { RequestRecords, type RequestWatcher } from './request-record.ts';
import { createShownDocuments, type BuildServerDocument } from './shown-documents.ts';
import type { Siblings } from './siblings.ts';
import { watchSlowReaders } from './slow-readers.ts';
import type { Certificate } from './tls/tls-certificate.ts';
import { addToolRoutes } from './tools.ts';
import { createSeenBy, findHiddenTool } from './visibility.ts';

/** The parts and limits of the HTTP side. */
export interface HttpOptions {
  readonly gateway: Gateway;
  /** The server's name for logs and metrics, by operation. */
  readonly serverName: (operation: Operation) => string;
  readonly apiKey?: string;
  /** Tells callers by keys of a file and by tokens. @default by that key alone */
  readonly authenticator?: Authenticator;
  /** Proxies that say who their users are. @default nobody is believed */
  readonly trustedProxies?: readonly string[];
  /** Documents, pages and metrics need the key as well. @default false */
  readonly strictAuth?: boolean;
  /** Who may call what. @default whoever may call at all, everything */
  readonly authorization?: Authorization;
  /** Callers see what they may call and nothing else, which takes strict authentication. @default false */
  readonly hidesForbidden?: boolean;
  /** The document's description is the user's, and not made of what servers say. @default false */
  readonly ownDescription?: boolean;
  /** How the document is shown. */
  readonly documentForm?: DocumentForm;
  /** One server's own document, with named servers. @default without what settings say of documents */
  readonly buildServerDocument?: BuildServerDocument;
  /** Where a proxy shows the gateway: '' or a path without a slash at its end. @default '' */
  readonly rootPath?: string;
  /** The path below it that everything answers under as well, likewise. @default '' */
  readonly pathPrefix?: string;
  /** Whether X-Forwarded-* headers are believed. @default false */
  readonly trustProxy?: boolean;
  /** What tells clients apart that take turns where calls have to wait. @default their addresses */
  readonly fairBy?: FairBy;
  /** Origins whose pages may call the gateway from a browser; `*` means any. @default none */
  readonly corsAllowOrigins?: readonly string[];
  /** How the gateway looks where that is not our own way; the gateway itself needs its `toResultBody`. */
  readonly profile?: Profile;
  /** Takes the answers of authorization servers, for the MCP servers that ask for OAuth. @default no such page */
  readonly oauthCallbacks?: OauthCallbacks;
  readonly maxBodyBytes: number;
  /** How long the answer to an Idempotency-Key is kept; 0: the header is ignored. @default 10 min */
  readonly idempotencyTtlMs?: number;
  /** How often each client may call. @default as often as it likes */
  readonly limits?: LimitSource;
  /** Those of other gateways. @default this gateway's alone count */
  readonly sharedAnswers?: AnswerSharing | undefined;
  /** What they are shared by, for probes and metrics. */
  readonly redis?: RedisHealth;
  readonly requestTimeoutMs: number;
  /** To serve HTTPS with; `replaceCertificate` changes it. @default plain HTTP */
  readonly certificate?: Certificate;
  /** Between the comments of a silent event stream. @default 15 s */
  readonly heartbeatMs?: number;
  /** Answer for health and metrics as one with this gateway. @default it is alone on its port */
  readonly siblings?: Siblings;
  /** Keep a record of requests. @default none */
  readonly watchers?: readonly RequestWatcher[];
  readonly logger: FastifyBaseLogger;
}

const keepAliveMs = 65_000;
/** The kernel's buffers, of some megabytes, hide for long that a slow reader takes anything. */
const slowReaderFactor = 4;
/** Open to everyone: probes and browsers sent by others have no key, and the assets are those of the package. */
const alwaysOpen = new Set(['/healthz', '/docs/assets/*', oauthCallbackPath]);
/** Those of one alone would be another's in the eyes of whoever adds them up. */
const notToldNow: Problem = {
  code: 'overloaded',
  detail: 'What the workers have counted cannot be asked for at the moment; ask again.',
  retryAfter: 1,
};
/** No name in a path is too long: the URL has a limit of its own. */
const maxParamLength = 16_384;

/** Makes the HTTP server; `listen` it, or `inject` requests. */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const { gateway, requestTimeoutMs, certificate, logger, profile } = options;
  const { rootPath = '', pathPrefix = '', trustProxy = false } = options;
  const prefixes: Prefixes = { rootPath, pathPrefix, trustProxy };
  const rewriteUrl = createUrlRewrite(prefixes);
  const cors = createCors(options.corsAllowOrigins ?? []);
  // Node looks for late requests this often; the default of 30 s would double the time-out.
  const checkEveryMs = Math.min(1_000, Math.max(50, requestTimeoutMs / 4));
  const tls = certificate && { certificate, create: (await import('./tls/tls-server.ts')).createTlsServer };
  // Made below, of what Fastify has to be there for.
  let takeCall: TakeCall | undefined;
  const { watchers = [] } = options;
  const addressOf = createIdentifyClient({ kind: 'address' }, trustProxy);
  const records = watchers.length === 0 ? undefined : new RequestRecords(watchers, addressOf);
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    // One line a call is ours to write, with fields of ours.
    logController: new fastify.LogController({ disableRequestLogging: true }),
    // A child for each request would cost more than its line; lines name their request themselves.
    childLoggerFactory: (parent) => parent,
    genReqId: requestIdOf,
    requestIdHeader: false,
    trustProxy,
    ...(rewriteUrl !== undefined && { rewriteUrl }),
    routerOptions: { maxParamLength },
    // Routes have no schemas: Fastify need not load its compilers for them.
    schemaController: { compilersFactory: { buildValidator: refuseSchemas, buildSerializer: refuseSchemas } },
    // Draining answers in our own words.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    serverFactory: (handler) => {
      const listener: RequestListener = (request, response) => {
        records?.begin(request, response);
        if (takeCall?.(request, response) !== true) handler(request, response);
      };
      const limits = { requestTimeoutMs, keepAliveMs, checkEveryMs };
      return tls === undefined
        ? createPlainServer(limits, listener)
        : tls.create({ ...limits, certificate: tls.certificate, logger }, listener);
    },
    clientErrorHandler: answerParserError,
    frameworkErrors: (_error, request, reply) => {
      reply.header('x-request-id', request.id);
      cors?.apply(request, reply);
      sendProblem(request, reply, { code: 'bad_request', detail: 'The URL is not valid percent-encoding.' });
    },
  });
  // Node drops headers past its limit without a word; one more than ours still shows here.
  app.server.maxHeadersCount = maxHeaders + 1;
  app.server.on('checkExpectation', answerExpectation);
  app.server.on('connection', (socket: Socket) => socket.setNoDelay(true));
  if (profile !== undefined) app.decorate('toProblemAnswer', profile.toProblemAnswer);
  if (records !== undefined) app.decorate('requestRecords', records);
  const assets = assetsFolder();
  app.decorate('toProblemPage', createProblemPages(assets, prefixes));
  handleErrors(app);
  const { authorization, hidesForbidden = false } = options;
  const seenBy = createSeenBy(authorization, hidesForbidden);
  const pages = createPageRoutes(app, gateway, profile?.redirectsSlashes === true, seenBy);
  const checks = addChecks(app, {
    apiKey: options.apiKey,
    authenticator: options.authenticator,
    forwardedUsers: await loadForwardedUsers(options.trustedProxies, logger),
    strictAuth: hidesForbidden || (options.strictAuth ?? false),
    trustProxy,
    cors,
    isLeaving: () => gateway.isLeaving,
    judge: profile?.judgeCredentials,
    openTo(request) {
      const { url = '' } = request.routeOptions;
      if (alwaysOpen.has(url)) return 'unasked';
      // Its status is for everyone, what else it says is not.
      if (url === '/readyz') return 'everyone';
      const isOpen =
        pages.isPage(request) ||
        // Browsers ask for it beside every page; that there is none is no secret.
        (request.raw.url === '/favicon.ico' && request.method === 'GET') ||
        pages.isSlashTooMuch(request);
      return isOpen ? 'unless_strict' : 'key';
    },
  });
  const { idempotencyTtlMs: ttlMs = 600_000 } = options;
  const { sharedAnswers: shared, redis, limits, siblings, authenticator } = options;
  const keyedCalls =
    ttlMs > 0 ? new KeyedCalls({ gateway, ttlMs, clock: backgroundClock, shared }) : undefined;
  app.addHook('onClose', () => keyedCalls?.clear());
  const readers = watchSlowReaders(app.server, { limitMs: slowReaderFactor * requestTimeoutMs, logger });
  const metrics = createMetrics({ gateway, readers, keyedCalls, watchers, limits, redis });
  const { accessOf } = checks;
  const health = { gateway, accessOf, authenticator, seenBy, limits, redis, siblings };
  const readiness = addHealthRoutes(app, health);
  siblings?.introduce({ metrics: async () => await metrics.toJson(), readiness });
  app.get('/metrics', async (request, reply) => {
    const hidden = findHiddenTool(gateway, seenBy?.(request.raw));
    if (hidden !== undefined) return sendProblem(request, reply, hidden);
    const text = await (siblings ?? metrics).render();
    return text === undefined
      ? sendProblem(request, reply, notToldNow)
      : reply.type(metrics.mediaType).send(text);
  });
  const documentOf = createShownDocuments({
    gateway,
    toForm: await loadDocumentForm(options.documentForm ?? {}),
    buildServerDocument:
      options.buildServerDocument ?? ((sources, server) => buildServerDocument({ sources }, server).document),
    pathPrefix,
    profile,
    authorization,
    ownDescription: options.ownDescription ?? false,
  });
  if (options.oauthCallbacks !== undefined) addOauthCallbackRoute(app, options.oauthCallbacks);
  addDocumentRoutes(pages, documentOf, prefixes, seenBy);
  await addPageRoutes(app, { gateway, pages, documentOf, prefixes, assets, accessOf, seenBy });
  const callOptions: CallOptions = {
    gateway,
    keyedCalls,
    limits: limits && { source: limits, addressOf },
    maxBodyBytes: options.maxBodyBytes,
    heartbeatMs: options.heartbeatMs ?? 15_000,
    authorization,
    identifyClient: createIdentifyClient(options.fairBy ?? { kind: 'address' }, trustProxy),
    observer: createCallObserver(logger, metrics, options.serverName),
    logger,
    profile,
  };
  addToolRoutes(app, { ...callOptions, pages, seenBy });
  takeCall = createCallLane({ ...callOptions, isPlain: checks.isPlain, rewriteUrl, records, seenBy });
  return app;
}

async function loadForwardedUsers(proxies: HttpOptions['trustedProxies'], logger: Logger) {
  if (proxies === undefined) return undefined;
  const { ForwardedUsers } = await import('./forwarded-users.ts');
  return new ForwardedUsers(proxies, logger);
}

function refuseSchemas(): never {
  throw new Error('a route has a schema, which nothing here compiles');
}
