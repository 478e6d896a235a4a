import { SiteError, UsageError } from '../../errors.ts';
import { parseDocumentText } from '../read-document.ts';
import { toSiteContract } from './from-document.ts';
import { listSiteTools } from './site-tool.ts';
import type { SiteContract } from './site.ts';

/** How a gateway is asked. */
export interface FetchOptions {
  /** Sent as a Bearer token. */
  readonly apiKey?: string;
  /** For all of it. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Ten thousand tools are some 50 MB. */
const maxBytes = 256 * 1024 * 1024;
const maxRedirects = 5;

/**
 * Asks a gateway for its document. Redirects are followed within the gateway's own origin only: the key goes nowhere else.
 *
 * @param url of the gateway, or of its document
 * @throws SiteError when it cannot be reached, wants another key, or shows no document with tools
 */
export async function fetchContract(url: string, options: FetchOptions): Promise<SiteContract> {
  const { username, password, pathname } = new URL(url);
  if (username !== '' || password !== '') {
    throw new UsageError('the URL holds a name or password; leave them out, and write --api-key <key>');
  }
  const target = /\.(?:json|ya?ml)$/i.test(pathname) ? url : `${url}/openapi.json`;
  const document = read(await fetchText(target, options), target);
  const contract = toSiteContract(document);
  if (listSiteTools(contract.merged).length === 0) {
    throw new SiteError(
      `${target} describes no tools; when it is of several servers, name one of them, as in --url ${url}/time`,
    );
  }
  return contract;
}

function read(text: string, url: string): ReturnType<typeof parseDocumentText> {
  try {
    return parseDocumentText(text, url);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new SiteError(`${url} is no OpenAPI 3.x document; name the address of a gateway with --url`, {
      cause: error,
    });
  }
}

async function fetchText(url: string, { apiKey, timeoutMs, signal }: FetchOptions): Promise<string> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const request = {
    redirect: 'manual',
    headers: {
      accept: 'application/json',
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    },
    signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
  } as const;
  let at = url;
  try {
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const response = await fetch(at, request);
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) {
        refuseStatus(response, at, apiKey);
        return await readText(response, at);
      }
      await response.body?.cancel();
      at = follow(at, location);
    }
  } catch (error) {
    if (error instanceof SiteError || signal?.aborted === true) throw error;
    const reason = deadline.aborted ? `no answer within ${timeoutMs / 1_000} s` : reasonOf(error);
    throw new SiteError(`${at} cannot be read (${reason}); start the gateway, or mend --url`, {
      cause: error,
    });
  }
  throw new SiteError(`${url} is redirected in circles; name the address that it ends at with --url`);
}

function follow(from: string, location: string): string {
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (to?.origin === new URL(from).origin) return to.href;
  throw new SiteError(
    `${from} leads to ${to?.origin ?? 'nowhere'}; when that is the gateway, name it with --url`,
  );
}

function refuseStatus({ status }: Response, url: string, apiKey: string | undefined): void {
  if (status === 200) return;
  if (status === 401 || status === 403) {
    const says = apiKey === undefined ? 'asks for a key' : 'takes another key';
    throw new SiteError(`${url} ${says} (${status}); write the right one with --api-key or in MCPO_API_KEY`);
  }
  throw new SiteError(`${url} answers ${status}; name the address of a gateway with --url`);
}

async function readText(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // What fetch gives are chunks of bytes; its type says so to browsers only.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new SiteError(
        `${url} is larger than ${maxBytes / 1024 / 1024} MiB; name the document of one server`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause ? String(cause.code) : cause.message;
}
