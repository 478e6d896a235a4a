import { pathToFileURL } from 'node:url';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { preparedFile } from './prepared-file.ts';

/** What these hold is a value, where `$ref` is a key like any other. */
const literalKeywords: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'example', 'examples']);

/** The build compiles the OpenAPI 3.1 schema that swagger-parser checks by; swagger-parser compiles it in each process. */
const compiledSchema = preparedFile('openapi-3.1-schema.js');

/**
 * Checks a document against the OpenAPI 3.1 schema, and that its references lead somewhere in it.
 *
 * Nothing is fetched, and nothing dereferenced: written out, references that double at each level would fill the
 * memory, so each shared part is checked once, where it stands.
 *
 * @throws Error that says what is wrong
 */
export async function checkDocument(document: JsonObject): Promise<void> {
  const dangling = findDangling(document);
  if (dangling !== undefined) throw new Error(`the reference ${dangling} leads nowhere`);
  // What the compiled schema accepts, the parser would; what it does not, the parser judges, and explains.
  if (await satisfiesCompiledSchema(document)) return;
  const { default: swaggerParser } = await import('@apidevtools/swagger-parser');
  // The parser changes what it is given; whether that is a document is what it is to find out.
  await swaggerParser.validate(structuredClone(document) as never, {
    resolve: { external: false },
    dereference: { circular: 'ignore', excludedPathMatcher: () => true },
  });
}

async function satisfiesCompiledSchema(document: JsonObject): Promise<boolean> {
  if (compiledSchema === undefined) return false;
  // Ajv wrote it, with this export.
  const { validate } = (await import(pathToFileURL(compiledSchema).href)) as {
    validate: (value: unknown) => boolean;
  };
  return validate(document);
}

/** The first reference that is not to a component of the document. */
function findDangling(document: JsonObject): string | undefined {
  const components = isJsonObject(document['components']) ? document['components'] : {};
  const queue: JsonValue[] = [document];
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, member] of Object.entries(value)) {
      if (key === '$ref' && typeof member === 'string' && !isComponent(components, member)) return member;
      if (!literalKeywords.has(key)) queue.push(member);
    }
  }
  return undefined;
}

function isComponent(components: JsonObject, ref: string): boolean {
  const [, kind = '', name = ''] = /^#\/components\/([^/]+)\/([^/]+)$/.exec(ref) ?? [];
  const section = Object.hasOwn(components, kind) ? components[kind] : undefined;
  return isJsonObject(section) && Object.hasOwn(section, name);
}
