/**
 * Compiles patterns of names into what matches them: without regard to case, `*` stands for any text.
 *
 * Without regular expressions: several wildcards in one would let a long name from outside take very long.
 *
 * @returns for names in lower case
 */
export function compilePatterns(patterns: readonly string[]): (name: string) => boolean {
  const names = new Set<string>();
  const globs: ((name: string) => boolean)[] = [];
  for (const pattern of patterns) {
    const parts = pattern.toLowerCase().split('*');
    if (parts.length === 1) names.add(pattern.toLowerCase());
    else globs.push(compileGlob(parts));
  }
  return (name) => names.has(name) || globs.some((isMatch) => isMatch(name));
}

/** Matches names that hold all parts (of a pattern, between its wildcards), in their order: the first at the start, the last at the end. */
export function compileGlob(parts: readonly string[]): (name: string) => boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  const middle = parts.slice(1, -1);
  return (name) => {
    if (!name.startsWith(first) || !name.endsWith(last)) return false;
    const end = name.length - last.length;
    let from = first.length;
    for (const part of middle) {
      const at = name.indexOf(part, from);
      if (at === -1) return false;
      from = at + part.length;
    }
    return from <= end;
  };
}
