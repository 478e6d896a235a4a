import { asksWhoCalls } from '../config/asks-who-calls.ts';
import type { Settings } from '../config/settings.ts';
import type { Logger } from '../logger.ts';
import type { Callers } from './create-callers.ts';
import type { Rules } from './create-rules.ts';

/**
 * Makes the rules of who may call what; undefined where there are none, and never will be.
 *
 * @throws UsageError when they cannot be used
 */
export async function loadRules(
  settings: Settings,
  callers: Callers | undefined,
  logger: Logger,
): Promise<Rules | undefined> {
  const { authorization, authorizationFile, layout } = settings;
  // A configuration may get some while it is followed.
  const mayGetSome = layout === 'named' && asksWhoCalls(settings);
  if (authorization === undefined && authorizationFile === undefined && !mayGetSome) return undefined;
  // Loaded only now: few gateways have rules.
  const { createRules } = await import('./create-rules.ts');
  return createRules(settings, callers, logger);
}
