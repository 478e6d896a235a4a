import type { RemoteServerSettings } from '../../src/index.ts';
import type { Finding } from '../findings/finding.ts';
import type { VerifyOptions } from '../options.ts';

/** A finding in a file, with all that it takes to see it again. */
export interface SavedFinding {
  /** Of this format. */
  readonly version: 1;
  /** What saved it. */
  readonly savedBy: string;
  readonly target: SavedTarget;
  readonly options: SavedOptions;
  readonly finding: Finding;
}

/** The server, as the command line named it. */
export interface SavedTarget {
  /** The words after `--`. */
  readonly command: readonly string[];
  /** Where the command was given: paths in it are relative to it. */
  readonly folder: string;
  /** Options that say how the server is reached, by their names; without any secret. */
  readonly flags: {
    readonly cwd?: string;
    readonly type?: RemoteServerSettings['type'];
    /** `Name: value`; with `…` where the value may be a secret. */
    readonly header?: readonly string[];
    readonly config?: string;
    readonly server?: readonly string[];
    readonly rest?: string;
    /** As `header`. */
    readonly restHeader?: readonly string[];
    readonly restDocument?: string;
    readonly contract?: string;
  };
  /** Names of the variables that were added to the server's environment; their values may be secrets. */
  readonly env: readonly string[];
}

/** What decides what the server is sent. */
type SavedOptions = Omit<
  VerifyOptions,
  | 'target'
  | 'rest'
  | 'contract'
  | 'signal'
  | 'baseline'
  | 'commandLine'
  | 'checks'
  | 'excludeChecks'
  | 'seed'
  | 'maxFailures'
>;

/** Where a finding is saved inside of the folder for them. */
export function toFileName(id: string): string {
  return `${id}.json`;
}
