import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { constants } from 'node:http2';
import type { Problem } from '../errors.ts';
import { streamOf } from './tls/http2.ts';

/** What a request carried. */
export type Body =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'none' }
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** The caller has gone; nobody reads an answer. */
  | { readonly kind: 'aborted' };

/** How a body is read. */
export interface BodyOptions {
  /** Whether any media type is taken. @default false */
  readonly isAnyType?: boolean;
}

// A caller that sends a little too much can still read its answer and keep its connection.
const drainFactor = 16;

/**
 * Reads a JSON request body: size first (413), then media type (415), as RFC 9110 sections 15.5.14 and 15.5.16 name them.
 *
 * @param maxBytes of the body, as sent
 */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
  { isAnyType = false }: BodyOptions = {},
): Promise<Body> {
  if (!hasBody(request)) return { kind: 'none' };
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) > maxBytes) return tooLarge(maxBytes);
  const fault = findCodingFault(request.headers) ?? (isAnyType ? undefined : findTypeFault(request.headers));
  // Without a length, only its end tells whether there is a body at all.
  if (fault !== undefined && Number(length) > 0) return fault;
  const body = await collect(request, maxBytes);
  return fault !== undefined && body.kind === 'bytes' ? fault : body;
}

function hasBody(request: IncomingMessage): boolean {
  const stream = streamOf(request);
  // HTTP/2 marks the end of a request in its frames (RFC 9113 section 8.1), whatever its headers say.
  if (stream !== undefined) return !stream.endAfterHeaders;
  const length = request.headers['content-length'];
  return length === undefined ? request.headers['transfer-encoding'] !== undefined : length !== '0';
}

function findCodingFault(headers: IncomingHttpHeaders): Body | undefined {
  if (headers['content-encoding'] !== undefined && headers['content-encoding'].toLowerCase() !== 'identity') {
    return unsupported('Send the body without a Content-Encoding.');
  }
  return undefined;
}

function findTypeFault(headers: IncomingHttpHeaders): Body | undefined {
  const mediaType = headers['content-type'];
  if (mediaType === 'application/json' || isJson(mediaType)) return undefined;
  return unsupported('Send the arguments as "content-type: application/json", in UTF-8.');
}

/** True for application/json and +json types (RFC 6839 section 3.1) whose charset is absent or UTF-8. */
function isJson(mediaType: string | undefined): boolean {
  if (mediaType === undefined) return false;
  const [essence = '', ...parameters] = mediaType.toLowerCase().split(';');
  if (!/^(?:application\/json|[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+\+json)$/.test(essence.trim()))
    return false;
  return parameters.every((parameter) => {
    const [name, value = ''] = parameter.split('=', 2);
    return name?.trim() !== 'charset' || /^"?utf-?8"?$/.test(value.trim());
  });
}

async function collect(request: IncomingMessage, maxBytes: number): Promise<Body> {
  return await new Promise<Body>((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      resolve(tooLarge(maxBytes));
      if (size > maxBytes * drainFactor) abandon(request);
    });
    request.on('end', () => {
      // Over HTTP/2 a body that is cut off ends like one that is whole, but its stream is closed by then.
      resolve(streamOf(request)?.closed === true ? { kind: 'aborted' } : toBody(chunks));
    });
    request.on('error', () => resolve({ kind: 'aborted' }));
    request.on('close', () => resolve({ kind: 'aborted' }));
  });
}

function abandon(request: IncomingMessage): void {
  const stream = streamOf(request);
  if (stream === undefined) request.destroy();
  else stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
}

function toBody(chunks: readonly Buffer[]): Body {
  const [first] = chunks;
  if (first === undefined) return { kind: 'none' };
  return { kind: 'bytes', bytes: chunks.length === 1 ? first : Buffer.concat(chunks) };
}

function tooLarge(maxBytes: number): Body {
  const detail = `The body is larger than ${maxBytes} bytes; the operator can raise --max-body.`;
  return { kind: 'problem', problem: { code: 'body_too_large', detail } };
}

function unsupported(detail: string): Body {
  return { kind: 'problem', problem: { code: 'unsupported_media_type', detail } };
}
