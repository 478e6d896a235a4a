import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TranslatedSchema, Translation } from '../../../../src/contract/schema/translate.ts';

// One for all: it compiles the meta-schema, against which it checks every translation, once.
const ajv = new Ajv2020({
  strict: false,
  allErrors: false,
  validateFormats: false,
  ownProperties: true,
  logger: false,
});

/** The schema of a translation that has to succeed. */
export function translated(translation: Translation): TranslatedSchema {
  if (translation.kind === 'translated') return translation.schema;
  throw new Error(`unservable at ${translation.pointer}: ${translation.reason}`);
}

/** The body's validator, over a document that holds the components where the references say. */
export function compileTranslated({ root, components }: TranslatedSchema): ValidateFunction {
  return ajv.compile({ allOf: [root], components: { schemas: Object.fromEntries(components) } });
}
