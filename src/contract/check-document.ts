import swaggerParser from '@apidevtools/swagger-parser';
import type { JsonObject } from '../json/value.ts';

/**
 * Checks a document against the OpenAPI 3.1 schema.
 *
 * @throws Error that says what is wrong
 */
export async function checkDocument(document: JsonObject): Promise<void> {
  await swaggerParser.validate(structuredClone(document) as never);
}
