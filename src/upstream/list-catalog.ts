import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { z } from 'zod';
import type { Logger } from '../logger.ts';
import { listTools } from './tool-list.ts';
import type { Catalog } from './upstream.ts';

export interface ListCatalogOptions {
  /** For each page. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly isLost: () => boolean;
  readonly logger: Logger;
}

/** For tools/list of a server that does not claim to have tools: it may never answer. */
const UNCLAIMED_LIST_MS = 5000;

/** Tools are kept as listed; the SDK's own schema would refuse the whole list for one odd tool. */
const anyResult = z.unknown();

/** What an initialized server says of itself, its tools listed. @throws Error when they cannot be listed */
export async function listCatalog(client: Client, options: ListCatalogOptions): Promise<Catalog> {
  const { timeoutMs, signal, isLost, logger } = options;
  const claimsTools = client.getServerCapabilities()?.tools !== undefined;
  const timeout = claimsTools ? timeoutMs : Math.min(timeoutMs, UNCLAIMED_LIST_MS);
  const requestPage = (cursor: string | undefined): Promise<unknown> =>
    client.request({ method: 'tools/list', ...(cursor !== undefined && { params: { cursor } }) }, anyResult, {
      timeout,
      ...(signal !== undefined && { signal }),
    });
  const list = await listTools(requestPage).catch((error: unknown) => {
    if (claimsTools || isLost() || signal?.aborted === true) throw error;
    return { tools: [], complaints: ['the server has no tools'] };
  });
  for (const complaint of list.complaints) logger.warn({}, complaint);
  const { name = '', version = '', title } = client.getServerVersion() ?? {};
  const instructions = client.getInstructions();
  return {
    serverInfo: { name, version, ...(title !== undefined && { title }) },
    ...(instructions !== undefined && { instructions }),
    tools: list.tools,
  };
}
