import { readFileSync, statSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { UsageError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json/value.ts';

/** As for request bodies: recursive readers fail somewhere beyond. */
const maxDepth = 1_000;
/** Ten thousand tools are some 50 MB; what is larger is no document. */
const maxBytes = 256 * 1024 * 1024;

/**
 * Reads an OpenAPI 3.x document from a file; one whose name ends in .yaml or .yml is YAML, any other JSON.
 *
 * @throws UsageError that names the file, what is wrong with it, and what to do
 */
export function readDocumentFile(path: string): JsonObject {
  return parseDocumentText(readText(path), path);
}

/**
 * Reads an OpenAPI 3.x document from its text.
 *
 * @param name of the file or address, for errors; its ending says what the text is
 * @throws UsageError as `readDocumentFile`
 */
export function parseDocumentText(text: string, name: string): JsonObject {
  const document = parseText(name, text.replace(/^\uFEFF/, ''));
  const version = isJsonObject(document) ? document['openapi'] : undefined;
  if (!isJsonObject(document) || typeof version !== 'string' || !/^3\.\d/.test(version)) {
    throw new UsageError(
      `${name} is no OpenAPI 3.x document; name the output of GET /openapi.json or one like it`,
    );
  }
  if (isDeeperThan(document, maxDepth)) {
    throw new UsageError(`${name} is nested more than ${maxDepth} levels deep; move parts to components`);
  }
  return document;
}

function readText(path: string): string {
  try {
    if (statSync(path).size > maxBytes) {
      throw new UsageError(`${path} is larger than ${maxBytes / 1024 / 1024} MiB; name an OpenAPI document`);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException; // of node:fs
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new UsageError(`${path} ${reason}; name a file with an OpenAPI document`, { cause: error });
  }
}

function parseText(name: string, text: string): unknown {
  const isYaml = /\.ya?ml$/i.test(name);
  try {
    return isYaml ? parseYamlJson(text) : JSON.parse(text);
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    const advice = isYaml ? 'mend it' : 'mend it, or name it .yaml when it is YAML';
    throw new UsageError(
      `${name} is not ${isYaml ? 'YAML' : 'JSON'}: ${reason.replace(/[.:]$/, '')}; ${advice}`,
      { cause: error },
    );
  }
}

/** Through JSON: dates and other values that only YAML has become what JSON says, and aliases copies. */
function parseYamlJson(text: string): unknown {
  return JSON.parse(JSON.stringify(parseYaml(text, { maxAliasCount: 1_000 }) ?? null));
}

/** By a stack of its own: what is nested too deep for the call stack is what it is to find. */
function isDeeperThan(document: JsonObject, limit: number): boolean {
  const open: (readonly [value: object, depth: number])[] = [[document, 1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next;
    if (depth > limit) return true;
    for (const member of Object.values(value) as unknown[]) {
      if (typeof member === 'object' && member !== null) open.push([member, depth + 1]);
    }
  }
  return false;
}
