import { createMcpoProfile } from '../compat/mcpo-profile.ts';
import type { Settings } from '../config/settings.ts';
import type { Profile } from '../gateway/profile.ts';

/** What the settings' profile looks like to clients; undefined for our own way. */
export function createProfile(settings: Settings): Profile | undefined {
  if (settings.profile === 'default') return undefined;
  const { info, apiKey, strictAuth, rootPath, pathPrefix } = settings;
  return createMcpoProfile({ info, hasKey: apiKey !== undefined, strictAuth, rootPath, pathPrefix });
}
