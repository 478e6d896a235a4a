/** A request to a gateway. */
export interface RestRequest {
  readonly method: string;
  readonly url: string;
  /** @default none */
  readonly body?: string;
  /** @default 'application/json', where there is a body */
  readonly contentType?: string;
  /** `none` leaves the credentials out, `wrong` sends others of the same form. @default 'right' */
  readonly credentials?: 'right' | 'wrong' | 'none';
}

/** What came of it. */
export type HttpAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** By lower-case names. */
      readonly headers: ReadonlyMap<string, string>;
      readonly text: string;
    }
  | { readonly kind: 'failed'; readonly reason: string };

export interface RestClientOptions {
  /** Sent with every request, by lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Headers that say who calls. */
export function isCredential(name: string): boolean {
  return /^(?:authorization|cookie)$|api-?key|token|secret/i.test(name);
}

/** Sends a request; never rejects. Redirects are answers like any other. */
export async function sendRequest(request: RestRequest, options: RestClientOptions): Promise<HttpAnswer> {
  const { method, url, body } = request;
  try {
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: toHeaders(request, options.headers),
      signal: AbortSignal.timeout(options.timeoutMs),
      ...(body !== undefined && { body: new TextEncoder().encode(body) }),
    });
    const text = await readBody(response);
    return { kind: 'answered', status: response.status, headers: new Map(response.headers), text };
  } catch (error) {
    return { kind: 'failed', reason: describe(error, options.timeoutMs) };
  }
}

/** The header fields of a request, credentials included. */
export function toHeaders(
  { body, contentType = 'application/json', credentials = 'right' }: RestRequest,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const headers = Object.entries(given).flatMap(([name, value]) => {
    if (!isCredential(name) || credentials === 'right') return [[name, value] as const];
    return credentials === 'none' ? [] : [[name, toWrong(value)] as const];
  });
  return { ...(body !== undefined && { 'content-type': contentType }), ...Object.fromEntries(headers) };
}

/** A value of the same form that nobody gave out: `Bearer abc` becomes `Bearer wrong`. */
function toWrong(value: string): string {
  const [, scheme = ''] = /^(\S+ )?/.exec(value) ?? [];
  return scheme.toLowerCase() === 'basic '
    ? `${scheme}${Buffer.from('nobody:wrong').toString('base64')}`
    : `${scheme}wrong-${'0'.repeat(24)}`;
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (response.body === null) return '';
  // The types of Node's own streams are not those of the DOM; chunks of a body are bytes.
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) throw new Error(`the answer is longer than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function describe(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
