import { asksWhoCalls } from '../config/asks-who-calls.ts';
import type { Settings } from '../config/settings.ts';
import { UsageError } from '../errors.ts';
import type { AddOption } from './add-option.ts';

/** The values of the options about who may call what. */
export interface AuthorizationFlags {
  readonly authorization?: string;
}

/** Adds the options about who may call what. */
export function addAuthorizationFlags(add: AddOption): void {
  add('--authorization <file>', 'rules of who may call what, JSON or YAML; followed');
  add('--hide-forbidden', 'show callers what they may call, and nothing else');
}

/**
 * What they come to.
 *
 * @param callers what tells who calls
 * @throws UsageError for rules where nobody is asked who they are
 */
export function toAuthorization(
  { authorization: path, config }: AuthorizationFlags & { readonly config?: string },
  hidesForbidden: boolean,
  callers: Parameters<typeof asksWhoCalls>[0],
): Pick<Settings, 'authorizationFile' | 'hidesForbidden'> {
  if (path !== undefined && !asksWhoCalls(callers))
    throw new UsageError(`--authorization ${needsCredentials}`);
  // A configuration may have rules.
  if (hidesForbidden && path === undefined && config === undefined) throw new UsageError(nothingForbidden);
  return { ...(path !== undefined && { authorizationFile: path }), hidesForbidden };
}

/** Why a configuration cannot have rules; undefined when it can. */
export function noRulesBeside(settings: Settings): string | undefined {
  if (!asksWhoCalls(settings)) return needsCredentials;
  return settings.authorizationFile === undefined
    ? undefined
    : 'and --authorization exclude each other; keep one';
}

/** Why a configuration has to have rules; undefined when it need not. */
export function needsRulesFor({ hidesForbidden, authorizationFile }: Settings): string | undefined {
  return hidesForbidden && authorizationFile === undefined ? nothingForbidden : undefined;
}

const needsCredentials =
  'needs to know who calls; add --api-keys-file <file>, --jwt-issuer <url> or --api-key <key>';
const nothingForbidden =
  "--hide-forbidden hides what rules do not allow, and there are none; add --authorization <file>, or 'authorization' to the configuration";
