import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../findings/finding.ts';
import type { Reporter } from '../reporters/reporter.ts';
import { toFileName, type SavedFinding } from './saved-finding.ts';

export interface SavingOptions {
  readonly folder: string;
  readonly toSaved: (finding: Finding) => SavedFinding;
  /** Told once that nothing can be saved, and why. */
  readonly onFailure: (reason: string) => void;
}

/**
 * Saves each finding in a file of its own, which takes the place of an earlier one with the same id. Other files stay:
 * what this run does not see may be there all the same.
 */
export function createSavingReporter({ folder, toSaved, onFailure }: SavingOptions): Reporter {
  let hasFailed = false;
  return {
    onEvent: (event) => {
      if (event.kind !== 'finding' || hasFailed) return;
      try {
        save(folder, toSaved(event.finding));
      } catch (error) {
        hasFailed = true;
        onFailure(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

function save(folder: string, saved: SavedFinding): void {
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    // Arguments may be anything, and none of them belongs into a repository unseen.
    writeFileSync(join(folder, '.gitignore'), '*\n');
  }
  const path = join(folder, toFileName(saved.finding.id));
  const next = `${path}.${process.pid}.tmp`;
  writeFileSync(next, `${JSON.stringify(saved, null, 2)}\n`);
  renameSync(next, path);
}
