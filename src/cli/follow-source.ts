import { setTimeout as delay } from 'node:timers/promises';
import type { FileDigests } from '../config/watch-file.ts';
import type { SiteContract } from '../docs/site/site.ts';
import { ConfigError } from '../errors.ts';
import type { SourceFlags } from './docs-flags.ts';
import { loadContract, type SiteSource } from './site-source.ts';

/** Between two looks at a gateway. */
const pollMs = 2_000;

/** What documentation is made from, while it changes. */
export interface FollowedSource {
  /** As it is now; throws as `loadContract` does. */
  read(): Promise<SiteContract>;
  /** Ends the servers. */
  close(): Promise<void>;
}

interface FollowOptions {
  readonly signal: AbortSignal;
  /** It may read differently now. */
  readonly onChange: () => void;
  /** It has changed into something that cannot be used. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Follows a source until the signal is aborted: the file of a document, a gateway, or servers that keep running.
 *
 * @throws UpstreamStartError when the only server cannot be started
 */
export async function followSource(
  source: SiteSource,
  flags: SourceFlags,
  options: FollowOptions,
): Promise<FollowedSource> {
  if (source.kind === 'servers') return await followServers(source, flags, options);
  const { signal, onChange, onFailure } = options;
  const followed: FollowedSource = {
    read: async () => await loadContract(source, { signal, logLevel: flags.logLevel }),
    close: async () => await Promise.resolve(),
  };
  if (source.kind === 'url') {
    void poll(signal, onChange);
    return followed;
  }
  const { watchFile } = await import('../config/watch-file.ts');
  void watchFile(source.path, onChange, { signal }).catch(onFailure);
  return followed;
}

async function followServers(
  source: Extract<SiteSource, { readonly kind: 'servers' }>,
  flags: SourceFlags,
  { signal, onChange, onFailure }: FollowOptions,
): Promise<FollowedSource> {
  const [{ watchSite }, { createLogger }] = await Promise.all([
    import('../serve/watch-site.ts'),
    import('./logger.ts'),
  ]);
  const { settings, isSecured, warnings, configPath } = source;
  const logger = await createLogger(flags.logLevel);
  for (const warning of warnings) logger.warn({}, warning);
  const site = await watchSite(settings, { logger, signal, isSecured }, onChange);
  if (configPath !== undefined) {
    const [{ watchFile }, readNow] = await Promise.all([
      import('../config/watch-file.ts'),
      createConfigReader(configPath, flags),
    ]);
    const follow = async (): Promise<FileDigests> => {
      try {
        const { servers, rateLimit, files } = readNow();
        await site.reload(servers, rateLimit);
        return files;
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        onFailure(error);
        return error.files;
      }
    };
    void watchFile(readNow().files, follow, { signal }).catch(onFailure);
  }
  return { read: async () => await Promise.resolve(site.contract), close: async () => await site.close() };
}

async function createConfigReader(path: string, { env, envPath }: SourceFlags) {
  const [{ readConfigFile }, { parseAssignment }] = await Promise.all([
    import('../config/config-file/read-config-file.ts'),
    import('../config/parse-values.ts'),
  ]);
  const variables = {
    assignments: Object.fromEntries(env.map(parseAssignment)),
    ...(envPath !== undefined && { envPath }),
  };
  return () => readConfigFile(path, { env: process.env, variables });
}

async function poll(signal: AbortSignal, look: () => void): Promise<void> {
  while (!signal.aborted) {
    await delay(pollMs, undefined, { signal, ref: false }).catch(() => undefined);
    look();
  }
}
