import { RE2JS } from 're2js';
import { toRe2Syntax, type PropertyRanges } from './pattern-syntax.ts';
import { toPropertyRanges } from './unicode-property.ts';

/** A compiled `pattern`, as Ajv uses it. */
export interface CompiledPattern {
  test(text: string): boolean;
  /** False when the engine backtracks: a test may take time exponential in the text, and must be guarded. */
  readonly isLinear: boolean;
  /** A linear test takes about this many steps for each character. */
  readonly stepsPerCharacter: number;
  /** Unlike that of any other pattern: Ajv tells patterns apart by it. */
  toString(): string;
}

/** Compiles patterns, each once. */
export type PatternCompiler = (source: string) => CompiledPattern;

/**
 * Creates a compiler with a memory of its own.
 *
 * Patterns are ECMAScript regular expressions (JSON Schema core 6.4), read with the flag `u`, and without it when they
 * are invalid with it; one that is invalid without it too makes the compiler throw a SyntaxError.
 */
export function createPatternCompiler(): PatternCompiler {
  const compiled = new Map<string, CompiledPattern>();
  const ranges = new Map<string, string>();
  const propertyRanges = memoize(toPropertyRanges, ranges);
  return memoize((source) => compile(source, propertyRanges), compiled);
}

function compile(source: string, propertyRanges: PropertyRanges): CompiledPattern {
  const unicode = toUnicodePattern(source);
  const linear = unicode === undefined ? undefined : toLinear(unicode, propertyRanges);
  const name = JSON.stringify(source);
  if (linear !== undefined) {
    const stepsPerCharacter = linear.programSize();
    return { test: (text) => linear.test(text), isLinear: true, stepsPerCharacter, toString: () => name };
  }
  const native = new RegExp(unicode ?? source, unicode === undefined ? '' : 'u');
  return {
    test: (text) => native.test(text),
    isLinear: false,
    stepsPerCharacter: source.length,
    toString: () => name,
  };
}

/**
 * The pattern as it is valid with the flag `u`; undefined when it is valid only without.
 *
 * Needless escapes such as `\_`, which many write and `u` forbids, are all that is mended.
 */
function toUnicodePattern(source: string): string | undefined {
  if (isPattern(source, 'u')) return source;
  const mended = source.replaceAll(/\\(.)/gsu, (escape, character: string) =>
    /[\s!"#%&',:;<=>@_`~-]/u.test(character)
      ? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
      : escape,
  );
  return isPattern(mended, 'u') ? mended : undefined;
}

function toLinear(source: string, propertyRanges: PropertyRanges): RE2JS | undefined {
  const syntax = toRe2Syntax(source, propertyRanges);
  if (syntax === undefined) return undefined;
  try {
    return RE2JS.compile(syntax);
  } catch {
    return undefined; // too large or too deep for it
  }
}

function isPattern(source: string, flags: string): boolean {
  try {
    void new RegExp(source, flags);
    return true;
  } catch {
    return false;
  }
}

function memoize<Value>(compute: (key: string) => Value, known: Map<string, Value>): (key: string) => Value {
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}
