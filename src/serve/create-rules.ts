import type { AuthorizationRule } from '../authorization/authorization-rule.ts';
import { Authorization } from '../authorization/authorization.ts';
import { findUnknownTargets, type KnownTools } from '../authorization/unknown-targets.ts';
import { asksWhoCalls } from '../config/asks-who-calls.ts';
import { readRulesFile } from '../config/config-file/read-rules-file.ts';
import { logUnusable } from '../config/log-unusable.ts';
import type { Settings } from '../config/settings.ts';
import { warnOfGone } from '../config/warn-of-gone.ts';
import { watchFile, type FileDigests } from '../config/watch-file.ts';
import { UsageError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Callers } from './create-callers.ts';

/** Rules of who may call what; undefined where there are none. */
type AuthorizationRules = readonly AuthorizationRule[] | undefined;

/** Who may call what, as it is configured. */
export interface Rules {
  readonly authorization: Authorization;
  /** Says which rules are about tools that are not there, when these are others than before. */
  readonly check: (known: KnownTools) => void;
  /** From the next call on, these hold. */
  replace(rules: AuthorizationRules): void;
  /** Ends what runs by itself. */
  close(): void;
}

/**
 * Takes the rules of the settings, or reads their file and follows it.
 *
 * @param callers tells which keys there are
 * @throws UsageError when they cannot be used
 */
export function createRules(
  settings: Settings,
  callers: Pick<Callers, 'hasKey' | 'hasScope'> | undefined,
  logger: Logger,
): Rules {
  const { authorizationFile: path } = settings;
  if (path !== undefined && settings.authorization !== undefined)
    throw new UsageError("--authorization and 'authorization' of the settings exclude each other; keep one");
  if (!asksWhoCalls(settings))
    throw new UsageError('rules of who may call what need to know who calls; add --api-key <key>');
  const ending = new AbortController();
  let known: KnownTools | undefined;
  let reported = '';
  const first = path === undefined ? undefined : readRulesFile(path, process.env);
  const authorization = new Authorization(first?.rules ?? settings.authorization);
  reportIdle(authorization.rules, settings, callers, logger);
  if (path !== undefined && first !== undefined) {
    const watching = watchFile(first.files, () => reload(path), {
      signal: ending.signal,
      onGone: warnOfGone(logger),
    });
    void watching.catch((error: unknown) => logger.error({ err: error }, 'the rules cannot be followed'));
  }

  function check(tools: KnownTools): void {
    known = tools;
    const unknown = findUnknownTargets(authorization.rules ?? [], tools);
    const text = JSON.stringify(unknown);
    if (text === reported) return;
    reported = text;
    if (unknown.length > 0)
      logger.warn({ unknown: unknown.slice(0, maxShown) }, 'rules allow tools that are not there');
  }

  function replace(rules: AuthorizationRules): void {
    if (rules === undefined && authorization.rules !== undefined)
      logger.warn({}, 'there are no rules any more: whoever may call at all may call everything');
    const isOther = JSON.stringify(rules) !== JSON.stringify(authorization.rules);
    if (isOther && rules !== undefined)
      logger.info({ rules: rules.length }, 'other rules of who may call what hold from now on');
    authorization.replace(rules);
    reportIdle(rules, settings, callers, logger);
    if (known !== undefined) check(known);
  }

  function reload(from: string): FileDigests {
    try {
      const { rules, files } = readRulesFile(from, process.env);
      replace(rules);
      return files;
    } catch (error) {
      return logUnusable(error, from, 'the rules cannot be used; the ones before stay', logger);
    }
  }

  return { authorization, check, replace, close: () => ending.abort() };
}

const maxShown = 50;

/** A rule that is about nobody lets nobody in, which somebody waits for. */
function reportIdle(
  rules: AuthorizationRules,
  { apiKey, apiKeysFile, tokens, trustedProxies }: Settings,
  callers: Pick<Callers, 'hasKey' | 'hasScope'> | undefined,
  logger: Logger,
): void {
  if (rules === undefined) return;
  if (apiKey === undefined && rules.some(({ sharedKey }) => sharedKey))
    logger.warn({}, 'rules are about the shared key, and there is none; add --api-key <key>');
  const names = [...new Set(rules.flatMap(({ keys }) => keys))];
  if (names.length > 0 && apiKeysFile === undefined)
    logger.warn({}, 'rules are about keys by name, and there are none; add --api-keys-file <file>');
  const unknown = callers === undefined ? [] : names.filter((name) => !callers.hasKey(name));
  if (unknown.length > 0 && apiKeysFile !== undefined)
    logger.warn(
      { unknown: unknown.slice(0, maxShown) },
      'rules are about keys that the keys file does not have',
    );
  // What tokens have is not known; proxies give roles.
  const isElsewhere = (scope: string): boolean =>
    tokens !== undefined || (trustedProxies !== undefined && scope.startsWith('role:'));
  const scopes = [...new Set(rules.flatMap((rule) => rule.scopes))];
  const idle =
    callers === undefined ? [] : scopes.filter((scope) => !isElsewhere(scope) && !callers.hasScope(scope));
  if (idle.length > 0 && apiKeysFile !== undefined)
    logger.warn(
      { unknown: idle.slice(0, maxShown) },
      'rules are about scopes that no key of the keys file has; make one with: mcpo-serve key new --scopes <names>',
    );
  const hasScopes = apiKeysFile !== undefined || tokens !== undefined || trustedProxies !== undefined;
  if (!hasScopes && scopes.length > 0)
    logger.warn(
      {},
      'rules are about scopes, and nobody has any; add --api-keys-file <file> or --jwt-issuer <url>',
    );
}
