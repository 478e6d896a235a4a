import { closest } from 'fastest-levenshtein';

/** A list of patterns such as `read_*`. */
export interface Patterns {
  readonly matches: (name: string) => boolean;
  /** Patterns that match none of the names, each with a hint for people. */
  readonly unmatched: (names: readonly string[]) => readonly string[];
}

/** Compiles patterns in which `*` stands for any characters and `?` for one. */
export function compilePatterns(patterns: readonly string[]): Patterns {
  const compiled = patterns.map((pattern) => ({ pattern, regex: toRegex(pattern) }));
  return {
    matches: (name) => compiled.some(({ regex }) => regex.test(name)),
    unmatched: (names) =>
      compiled
        .filter(({ regex }) => !names.some((name) => regex.test(name)))
        .map(({ pattern }) => `'${pattern}' matches none${toHint(pattern, names)}`),
  };
}

function toRegex(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[\\^$.+()|[\]{}]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'su');
}

function toHint(pattern: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `; the nearest is '${closest(pattern, [...names])}'`;
}
