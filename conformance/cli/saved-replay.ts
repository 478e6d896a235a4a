import { join } from 'node:path';
import { defaultSaveDir, type Flags } from '../cli-options.ts';
import { toShellText } from '../findings/replay-command.ts';
import { toFileName } from '../saved/saved-finding.ts';

/** The command that replays a finding from its file. */
export function toSavedReplay({ saveDir }: Flags, id: string): string {
  const word = saveDir === defaultSaveDir ? id : join(saveDir, toFileName(id));
  return toShellText(['mcpo-verify', 'replay', word]);
}
