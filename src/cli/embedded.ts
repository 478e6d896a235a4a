import { join } from 'node:path';
import type { StdioServerSettings } from '../config/server-settings.ts';
import { packageRoot } from '../package.ts';

/** The time server of this package: what is served when no other server is named. */
export const timeServer: StdioServerSettings = {
  type: 'stdio',
  name: 'time',
  command: process.execPath,
  args: [join(packageRoot, 'dist', 'src', 'cli', 'time-server.js')],
  env: {},
};
