import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { equalityKeywords } from './equality-keywords.ts';
import { lengthKeywords } from './length-keywords.ts';
import { multipleOfKeyword } from './multiple-of.ts';
import type { PatternCompiler } from './pattern.ts';

/** What decides how schemas are compiled. */
export interface AjvOptions {
  /** Collects every error instead of the first. */
  readonly allErrors: boolean;
  readonly formats: 'annotate' | 'assert';
  readonly compilePattern: PatternCompiler;
}

/**
 * Creates the Ajv that compiles assertion schemas; nothing is coerced, no default is filled in.
 *
 * Schemas were checked when they were translated, so they are not checked again.
 */
export function createAjv({ allErrors, formats, compilePattern }: AjvOptions): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors,
    strict: false,
    validateSchema: false,
    meta: false,
    validateFormats: formats === 'assert',
    // A property that the prototype has is not a property of the value.
    ownProperties: true,
    // A component that is used by many is one function, not as many copies of its code.
    inlineRefs: 20,
    logger: false,
    // Optimizing takes longer than it saves: V8 does it again.
    // `code` says how the engine would be written into a standalone module, which is never made.
    code: {
      optimize: false,
      regExp: Object.assign((source: string) => compilePattern(source), { code: 'new RegExp' }),
    },
  });
  for (const definition of [...equalityKeywords, ...lengthKeywords, multipleOfKeyword])
    ajv.removeKeyword(String(definition.keyword)).addKeyword(definition);
  // ajv-formats is CommonJS: its default export is the function under `default`.
  if (formats === 'assert') addFormats.default(ajv);
  return ajv;
}
