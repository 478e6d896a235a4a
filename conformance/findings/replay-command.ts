/** What a run must share with another one to see the same. */
export interface Replay {
  readonly seed: number;
  /** The check that found it, and the one during which it did. */
  readonly checks: readonly string[];
  readonly tools: readonly string[];
  /** Options of the run that change what the server is sent, as words. */
  readonly options: readonly string[];
  /** The server's command, as words; none where an option names it. */
  readonly command: readonly string[];
}

/** The command that looks for a finding again, to be pasted into a POSIX shell. */
export function toReplayCommand({ seed, checks, tools, options, command }: Replay): string {
  const words = ['mcpo-verify', '--seed', String(seed), '--checks', [...new Set(checks)].join(',')];
  for (const tool of tools) words.push('--include', tool);
  return toShellText([...words, ...options, ...(command.length === 0 ? [] : ['--', ...command])]);
}

/** True of a check that looks at several tools together: with one alone it might not see the same. */
export function needsOtherTools(check: string): boolean {
  return check.startsWith('concurrency/') || check.startsWith('behaviour/');
}

/** Words of a command line, to be pasted into a POSIX shell. */
export function toShellText(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
