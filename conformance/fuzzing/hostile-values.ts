import type { JsonObject } from '../../src/index.ts';
import { withToken } from '../checks/token-arguments.ts';
import type { ListedTool } from '../target/list-tools.ts';

/** Arguments that are hard to bear, though the schema may well accept them; the caller finds that out. */
export function* hostileArguments(
  tool: ListedTool,
  valid: JsonObject,
): Iterable<{ readonly value: JsonObject; readonly what: string }> {
  for (const [what, text] of texts) {
    const value = withToken(tool, valid, text);
    if (value !== undefined) yield { value, what };
  }
}

const texts: readonly (readonly [string, string])[] = [
  ['an astral character', '\u{1f600}'],
  ['a lone surrogate', '\ud800'],
  ['a NUL', 'a\u0000b'],
];
