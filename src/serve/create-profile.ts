import { takesCredentials } from '../config/asks-who-calls.ts';
import type { Settings } from '../config/settings.ts';
import type { Profile } from '../gateway/profile.ts';

/** What the settings' profile looks like to clients; undefined for our own way. */
export async function createProfile(settings: Settings): Promise<Profile | undefined> {
  if (settings.profile === 'default') return undefined;
  // Loaded only now: few gateways look like another.
  const { createMcpoProfile } = await import('../compat/mcpo-profile.ts');
  const { info, strictAuth, rootPath, pathPrefix } = settings;
  return createMcpoProfile({ info, hasKey: takesCredentials(settings), strictAuth, rootPath, pathPrefix });
}
