import type { Settings } from '../config/settings.ts';
import { buildContract } from '../contract/build-contract.ts';
import type { ToolSource } from '../contract/contract.ts';
import type { DocumentOptions } from '../contract/document/build-document.ts';
import type { SecurityOptions } from '../contract/document/security-schemes.ts';
import type { ContractLock } from '../gateway/contract-lock.ts';
import { Gateway } from '../gateway/gateway.ts';
import type { OnTools } from '../gateway/contract-keeper.ts';
import type { MountedServers } from '../gateway/mounted-server.ts';
import type { Profile } from '../gateway/profile.ts';
import type { Logger } from '../logger.ts';
import type { ServedLimits } from './served-limits.ts';

/** What a gateway is made with beside its servers. */
export interface GatewayParts {
  readonly lock: ContractLock | undefined;
  readonly limits: ServedLimits;
  readonly profile?: Profile | undefined;
  readonly onTools?: OnTools | undefined;
}

/** Builds the contract of the servers, and the gateway under it. */
export async function createGateway(
  settings: Settings,
  servers: MountedServers,
  { lock, limits, profile, onTools }: GatewayParts,
  logger: Logger,
): Promise<Gateway> {
  const { callTimeoutMs, maxCallTimeMs, toolErrorStatus, validateResponses, formats } = settings;
  return await Gateway.create({
    servers,
    buildContract: async (sources) =>
      await buildContract({ ...documentOptions(settings, sources, limits), formats }),
    ...(lock !== undefined && { lock }),
    onTools,
    callTimeoutMs,
    ...(maxCallTimeMs !== undefined && { maxCallTimeMs }),
    toolErrorStatus,
    validateResponses,
    ...(profile !== undefined && { toResultBody: profile.toResultBody }),
    logger,
  });
}

/** What a document of these sources is made from under the settings. */
export function documentOptions(
  settings: Settings,
  sources: readonly ToolSource[],
  limits: Pick<ServedLimits, 'isLimited'>,
): DocumentOptions {
  return {
    sources,
    info: settings.info,
    security: toSecurity(settings),
    rootPath: `${settings.rootPath}${settings.pathPrefix}`,
    toolErrorStatus: settings.toolErrorStatus,
    isRateLimited: (server, tool) => limits.isLimited(server, tool),
    needsShared: settings.redis?.fail === 'closed',
  };
}

/** The ways to show who calls, for documents. */
export function toSecurity({ apiKey, apiKeysFile, tokens, trustedProxies }: Settings): SecurityOptions {
  const issuer = tokens?.keys === undefined ? tokens?.issuer : undefined;
  return {
    keys: apiKey !== undefined || apiKeysFile !== undefined,
    tokens: tokens !== undefined,
    proxied: trustedProxies !== undefined,
    ...(issuer !== undefined && { openIdConnectUrl: toDiscoveryUrl(issuer) }),
  };
}

/** OpenID Connect Discovery 1.0 section 4. */
function toDiscoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}
