import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Settings } from '../config/settings.ts';
import type { Operation } from '../contract/contract.ts';
import { buildServerDocument } from '../contract/document/build-document.ts';
import type { ContractLock } from '../gateway/contract-lock.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import type { RequestWatcher } from '../http/request-record.ts';
import { createHttpServer } from '../http/server.ts';
import type { Certificate } from '../http/tls/tls-certificate.ts';
import { createGateway, documentOptions } from './create-gateway.ts';
import { createProfile } from './create-profile.ts';
import type { Rules } from './create-rules.ts';
import type { Sharing } from './create-sharing.ts';
import type { Fleet } from './fleet.ts';
import type { Seat } from './seat.ts';
import type { ServedLimits } from './served-limits.ts';

/** What stands between the servers and their users. */
export interface Front {
  readonly gateway: Gateway;
  readonly app: FastifyInstance;
}

/** What was read before anything is started. */
export interface FrontFiles {
  readonly lock: ContractLock | undefined;
  readonly certificate: Certificate | undefined;
  readonly watchers: readonly RequestWatcher[];
  readonly authenticator: Authenticator | undefined;
  readonly sharing: Sharing | undefined;
  readonly rules: Rules | undefined;
  readonly seat: Seat | undefined;
  readonly limits: ServedLimits;
}

/**
 * Builds the contract of the servers that are connected, the gateway under it, and the HTTP server before that.
 *
 * @throws ContractRefusedError when the tools break the committed contract, and the policy is to refuse
 */
export async function createFront(
  settings: Settings,
  fleet: Fleet,
  { lock, certificate, watchers, authenticator, sharing, rules, seat, limits }: FrontFiles,
  logger: FastifyBaseLogger,
): Promise<Front> {
  const profile = await createProfile(settings);
  const gateway = await createGateway(
    settings,
    fleet.mounted,
    { lock, limits, profile, onTools: rules?.check },
    logger,
  );
  const app = await createHttpServer({
    gateway,
    serverName: ({ server }: Operation) => gateway.servers.get(server)?.upstream.name ?? server,
    ...(settings.apiKey !== undefined && { apiKey: settings.apiKey }),
    ...(authenticator !== undefined && { authenticator }),
    ...(settings.trustedProxies !== undefined && { trustedProxies: settings.trustedProxies }),
    strictAuth: settings.strictAuth,
    ...(rules !== undefined && { authorization: rules.authorization }),
    hidesForbidden: settings.hidesForbidden,
    ownDescription: settings.info.description !== undefined,
    documentForm: settings,
    buildServerDocument: (sources, server) =>
      buildServerDocument(documentOptions(settings, sources, limits), server).document,
    rootPath: settings.rootPath,
    pathPrefix: settings.pathPrefix,
    trustProxy: settings.trustProxy,
    fairBy: settings.fairBy,
    corsAllowOrigins: settings.corsAllowOrigins,
    ...(profile !== undefined && { profile }),
    oauthCallbacks: fleet.callbacks,
    maxBodyBytes: settings.maxBodyBytes,
    requestTimeoutMs: settings.requestTimeoutMs,
    idempotencyTtlMs: settings.idempotencyTtlMs,
    limits,
    // Redis knows the answers of the siblings, too.
    sharedAnswers: sharing === undefined ? seat?.answers : sharing.answers,
    ...(sharing !== undefined && { redis: sharing.link }),
    ...(seat !== undefined && { siblings: seat.siblings }),
    ...(certificate !== undefined && { certificate }),
    watchers,
    logger,
  });
  return { gateway, app };
}
