import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Settings } from '../config/settings.ts';
import type { Operation } from '../contract/contract.ts';
import { buildServerDocument } from '../contract/document/build-document.ts';
import type { ContractLock } from '../gateway/contract-lock.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { createHttpServer } from '../http/server.ts';
import type { Certificate } from '../http/tls/tls-certificate.ts';
import { createGateway, documentOptions } from './create-gateway.ts';
import { createProfile } from './create-profile.ts';
import type { Fleet } from './fleet.ts';
import type { Services } from './open-services.ts';
import type { Seat } from './seat.ts';

/** What stands between the servers and their users. */
export interface Front {
  readonly gateway: Gateway;
  readonly app: FastifyInstance;
}

/** What it is made of, beside the settings. */
export interface FrontParts {
  readonly fleet: Fleet;
  readonly services: Services;
  readonly lock: ContractLock | undefined;
  readonly certificate: Certificate | undefined;
  readonly seat: Seat | undefined;
}

/**
 * Builds the contract of the servers that are connected, the gateway under it, and the HTTP server before that.
 *
 * @throws ContractRefusedError when the tools break the committed contract, and the policy is to refuse
 */
export async function createFront(
  settings: Settings,
  { fleet, services, lock, certificate, seat }: FrontParts,
  logger: FastifyBaseLogger,
): Promise<Front> {
  const { watchers, callers, sharing, rules, limits } = services;
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
    ...(callers !== undefined && { authenticator: callers.authenticator }),
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
    watchers: watchers.all,
    logger,
  });
  return { gateway, app };
}
