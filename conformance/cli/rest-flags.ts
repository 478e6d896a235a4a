import { readFile } from 'node:fs/promises';
import { isJsonObject, type JsonObject } from '../../src/index.ts';
import { ServerUnavailableError } from '../engine/session-keeper.ts';
import { createDocumentTarget } from '../gateway/document-target.ts';
import type { RestOptions } from '../gateway/gateway.ts';
import { NoDocumentError, readGateway } from '../gateway/read-gateway.ts';
import type { VerifyOptions } from '../options.ts';
import type { Target } from '../target/target.ts';
import { UsageError } from './cli-error.ts';
import { toHeaders } from './headers.ts';

/** The flags about a gateway that already runs, and a committed contract. */
export interface RestFlags {
  readonly rest?: string;
  readonly restHeader?: readonly string[];
  readonly restDocument?: string;
  readonly contract?: string;
}

/** For the document alone. */
const READ_MS = 30_000;

/**
 * The gateway and the contract that the command line names.
 *
 * @throws {UsageError} when they cannot be read
 */
export async function readRestFlags(flags: RestFlags): Promise<Pick<VerifyOptions, 'rest' | 'contract'>> {
  const { contract, rest } = flags;
  return {
    ...(contract !== undefined && { contract: await readDocumentFile('--contract', contract) }),
    ...(rest !== undefined && { rest: await toRestOptions({ ...flags, rest }) }),
  };
}

/**
 * A target for the gateway alone, when no MCP server is named.
 *
 * @throws {ServerUnavailableError} when its document cannot be read
 */
export async function openDocumentTarget(flags: RestFlags & { readonly rest: string }): Promise<Target> {
  const rest = await toRestOptions(flags);
  try {
    const gateway = await readGateway({ rest, hasServer: false, timeoutMs: READ_MS });
    return createDocumentTarget(gateway.document, rest.baseUrl);
  } catch (error) {
    if (error instanceof NoDocumentError) throw new ServerUnavailableError(error.message, []);
    throw error;
  }
}

/** Refuses options that go with another one. */
export function refuseStrayRest({ rest, restHeader, restDocument }: RestFlags): void {
  if (rest !== undefined) return;
  if (restHeader !== undefined) throw new UsageError('--rest-header goes with --rest <url>');
  if (restDocument !== undefined) throw new UsageError('--rest-document goes with --rest <url>');
}

async function toRestOptions({
  rest,
  restHeader = [],
  restDocument,
}: RestFlags & { readonly rest: string }): Promise<RestOptions> {
  if (!URL.canParse(rest) || !/^https?:$/.test(new URL(rest).protocol)) {
    throw new UsageError(`--rest: '${rest}' is no http(s) address; write http://localhost:8000`);
  }
  if (restHeader.some((text) => text.endsWith('…'))) {
    throw new UsageError(
      "values of headers are not saved; write --rest-header 'Authorization: Bearer ${KEY}'",
    );
  }
  return {
    baseUrl: rest,
    headers: toHeaders(restHeader, process.env, '--rest-header'),
    ...(restDocument !== undefined && { document: await readDocumentFile('--rest-document', restDocument) }),
  };
}

async function readDocumentFile(option: string, path: string): Promise<JsonObject> {
  const document = await parseFile(option, path);
  const version = isJsonObject(document) ? document['openapi'] : undefined;
  if (isJsonObject(document) && typeof version === 'string' && /^3\.\d/.test(version)) return document;
  throw new UsageError(
    `${option}: ${path} is no OpenAPI 3.x document; write one with mcpo-serve --print-openapi`,
  );
}

async function parseFile(option: string, path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new UsageError(`${option}: cannot read ${path} (${reason})`);
  }
  try {
    return /\.ya?ml$/i.test(path) ? (await import('yaml')).parse(text) : JSON.parse(text);
  } catch {
    throw new UsageError(`${option}: ${path} is neither JSON nor YAML`);
  }
}
