/** What asking for JSON is bound by. */
export interface FetchJsonOptions {
  readonly signal: AbortSignal;
  readonly maxBytes: number;
  /** Throws when a URL may not be asked. */
  readonly check: (url: URL) => void;
}

/** Gets JSON. Rejects with a plain Error whose message can be logged. */
export type FetchJson = (url: URL, options: FetchJsonOptions) => Promise<unknown>;

/** The issuer answers that there is no such document. */
export class NoSuchDocument extends Error {
  override readonly name = 'NoSuchDocument';
}

/**
 * Gets JSON over HTTP; redirects are followed only within the same origin.
 *
 * @throws NoSuchDocument for 404 and 410; Error for anything else that is no JSON
 */
export const fetchJson: FetchJson = async (url, { signal, maxBytes, check }) => {
  let at = url;
  for (let hop = 0; hop <= maxHops; hop += 1) {
    check(at);
    const response = await get(at, signal);
    const { status } = response;
    const location = response.headers.get('location');
    if (status >= 300 && status < 400 && location !== null) {
      await response.body?.cancel();
      at = nextHop(at, location);
      continue;
    }
    if (status !== 200) {
      await response.body?.cancel();
      const said = `${at.href} answers ${status}`;
      throw status === 404 || status === 410 ? new NoSuchDocument(said) : new Error(said);
    }
    return parse(await readBounded(response, maxBytes, at), at);
  }
  throw new Error(`${url.href} is redirected more than ${maxHops} times`);
};

const maxHops = 3;

async function get(url: URL, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal, redirect: 'manual', headers: { accept: 'application/json' } });
  } catch (error) {
    throw new Error(`${url.href} cannot be reached (${reasonOf(error)})`, { cause: error });
  }
}

function nextHop(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  // Whoever answers for a host does not decide which other host is believed.
  if (to?.origin !== from.origin) throw new Error(`${from.href} is redirected to another host`);
  return to;
}

async function readBounded(response: Response, maxBytes: number, url: URL): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new Error(`${url.href} breaks off (${reasonOf(error)})`, { cause: error });
  }
  if (size > maxBytes) throw new Error(`${url.href} answers with more than ${maxBytes} bytes`);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string, url: URL): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`${url.href} answers with what is no JSON`, { cause: error });
  }
}

/** fetch says 'fetch failed', and why in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  const { cause } = error;
  if (cause instanceof Error && cause.name === 'TimeoutError') return 'no answer in time';
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : cause instanceof Error ? cause.message : error.message;
}
