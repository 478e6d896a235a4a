import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';

/** What the place of a user's configuration depends on. */
export interface UserPlace {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** The folder for token files, under the user's configuration folder as the platform has it. */
export function tokenFolderOf({ platform, env, home }: UserPlace = thisUser()): string {
  const path = platform === 'win32' ? win32 : posix;
  return path.join(configFolder(), 'mcpo-toolkit', 'tokens');

  function configFolder(): string {
    if (platform === 'win32') return env['APPDATA'] ?? path.join(home, 'AppData', 'Roaming');
    if (platform === 'darwin') return path.join(home, 'Library', 'Application Support');
    // XDG Base Directory Specification: a relative path is to be ignored.
    const named = env['XDG_CONFIG_HOME'];
    return named !== undefined && path.isAbsolute(named) ? named : path.join(home, '.config');
  }
}

function thisUser(): UserPlace {
  return { platform: process.platform, env: process.env, home: homedir() };
}
