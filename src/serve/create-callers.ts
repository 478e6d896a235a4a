import { readFile } from 'node:fs/promises';
import { logUnusable } from '../config/log-unusable.ts';
import { readApiKeys } from '../config/read-api-keys.ts';
import type { Settings } from '../config/settings.ts';
import { warnOfGone } from '../config/warn-of-gone.ts';
import { watchFile } from '../config/watch-file.ts';
import { UsageError } from '../errors.ts';
import { createAuthenticator, type Authenticator } from '../identity/authenticator.ts';
import type { FileKeys as FollowedKeys } from '../identity/file-keys.ts';
import { KeyRing } from '../identity/key-ring.ts';
import type { TokenSettings } from '../identity/token-settings.ts';
import type { TokenVerifier } from '../identity/token-verifier.ts';
import type { Logger } from '../logger.ts';

/** Who may call, beside those who have the shared key. */
export interface Callers {
  readonly authenticator: Authenticator;
  /** Whether the keys file has a key of that name at the moment. */
  readonly hasKey: (name: string) => boolean;
  /** Whether a key of the file has that scope at the moment. */
  readonly hasScope: (scope: string) => boolean;
  /** Ends what runs by itself. */
  close(): void;
}

/**
 * Reads the keys and begins to fetch those that tokens are verified with; both are followed while they change.
 *
 * @throws UsageError when a file cannot be used
 */
export async function createCallers(settings: Settings, logger: Logger): Promise<Callers> {
  const ending = new AbortController();
  const { apiKey, apiKeysFile, tokens } = settings;
  let keys: KeyRing | undefined;
  let verifier: TokenVerifier | undefined;
  try {
    if (apiKeysFile !== undefined) keys = followKeys(apiKeysFile, logger, ending.signal);
    if (tokens !== undefined) verifier = await createVerifier(tokens, logger, ending.signal);
  } catch (error) {
    ending.abort();
    throw error;
  }
  return {
    authenticator: createAuthenticator({
      keys,
      tokens: verifier,
      hasSharedKey: apiKey !== undefined,
      now: Date.now,
    }),
    hasKey: (name) => keys?.hasName(name) === true,
    hasScope: (scope) => keys?.hasScope(scope) === true,
    close() {
      ending.abort();
      verifier?.close();
    },
  };
}

function followKeys(path: string, logger: Logger, signal: AbortSignal): KeyRing {
  const watching = watchFile(path, reload, { signal, onGone: warnOfGone(logger) });
  void watching.catch((error: unknown) => logger.error({ err: error }, 'the API keys cannot be followed'));
  const ring = new KeyRing(readApiKeys(path));
  if (ring.size === 0) logger.warn({ path }, 'there are no API keys in the file; no key opens anything');
  return ring;

  function reload(): void {
    try {
      ring.replace(readApiKeys(path));
      logger.info({ keys: ring.size }, 'the API keys were loaded again');
    } catch (error) {
      logUnusable(error, path, 'the API keys cannot be used; the ones before stay', logger);
    }
  }
}

async function createVerifier(
  settings: TokenSettings,
  logger: Logger,
  signal: AbortSignal,
): Promise<TokenVerifier> {
  const [{ TokenVerifier: Verifier }, source] = await Promise.all([
    import('../identity/token-verifier.ts'),
    settings.keys?.kind === 'file'
      ? followKeyFile(settings.keys.path, settings, logger, signal)
      : createRemoteKeys(settings, logger),
  ]);
  const { issuer, audiences, clockToleranceMs } = settings;
  // Whoever may have signed others with that key has given out tokens that were not meant for this.
  if (audiences.length === 0)
    logger.warn(
      {},
      'tokens for any audience are taken; add --jwt-audience <name> to take those for this gateway alone',
    );
  return new Verifier({ source, issuer, audiences, clockToleranceMs, now: Date.now });
}

async function createRemoteKeys({ issuer, keys, algorithms, allowsHttp }: TokenSettings, logger: Logger) {
  const [{ RemoteKeys }, { pairAlgorithms }, { backgroundClock }] = await Promise.all([
    import('../identity/remote-keys.ts'),
    import('../identity/token-algorithms.ts'),
    import('../upstream/clock.ts'),
  ]);
  const from = toOrigin(issuer, keys);
  return new RemoteKeys({
    from,
    allowsHttp,
    algorithms: algorithms ?? pairAlgorithms,
    clock: backgroundClock,
    logger,
  });
}

function toOrigin(issuer: string | undefined, keys: TokenSettings['keys']) {
  if (keys?.kind === 'url') return keys;
  if (issuer === undefined) throw new UsageError('tokens need an issuer, or keys; add --jwt-issuer <url>');
  return { kind: 'issuer', issuer } as const;
}

async function followKeyFile(
  path: string,
  { algorithms }: TokenSettings,
  logger: Logger,
  signal: AbortSignal,
) {
  const [{ parseKeyFile }, { FileKeys }] = await Promise.all([
    import('../identity/key-file.ts'),
    import('../identity/file-keys.ts'),
  ]);
  const read = async () => {
    const content = await readFile(path).catch((error: NodeJS.ErrnoException) => error);
    return content instanceof Error
      ? ({ kind: 'fault', says: `cannot be read (${content.code ?? content.message})` } as const)
      : parseKeyFile(content, algorithms);
  };
  const watching = (known: FollowedKeys): Promise<void> =>
    watchFile(path, async () => await reload(known), { signal, onGone: warnOfGone(logger) });
  const first = await read();
  if (first.kind === 'fault') throw new UsageError(`--jwt-key-file: '${path}' ${first.says}`);
  const keys = new FileKeys(first.keys);
  void watching(keys).catch((error: unknown) =>
    logger.error({ err: error }, 'the key file of tokens cannot be followed'),
  );
  return keys;

  async function reload(known: FollowedKeys): Promise<void> {
    const again = await read();
    if (again.kind === 'fault') {
      logger.error(
        { reason: `'${path}' ${again.says}` },
        'the key file of tokens cannot be used; the keys before stay',
      );
      return;
    }
    known.replace(again.keys);
    logger.info({ path }, 'the keys of tokens were loaded again');
  }
}
