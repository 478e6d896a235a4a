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

// A caller that sends a little too much can still read its answer and keep its connection.
const drainFactor = 16;

/**
 * Reads a JSON request body: size first (413), then media type (415), as RFC 9110 sections 15.5.14 and 15.5.16 name them.
 *
 * @param maxBytes of the body, as sent
 * @param isAnyType whether any media type is taken
 */
export function readBody(request: IncomingMessage, maxBytes: number, isAnyType = false): Promise<Body> {
  if (!hasBody(request)) return Promise.resolve(none);
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) > maxBytes) return Promise.resolve(tooLarge(maxBytes));
  const fault = findCodingFault(request.headers) ?? (isAnyType ? undefined : findTypeFault(request.headers));
  if (fault === undefined) return collect(request, maxBytes);
  // Without a length, only its end tells whether there is a body at all.
  if (Number(length) > 0) return Promise.resolve(fault);
  return collect(request, maxBytes).then((body) => (body.kind === 'bytes' ? fault : body));
}

const none: Body = { kind: 'none' };
const aborted: Body = { kind: 'aborted' };

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

function collect(request: IncomingMessage, maxBytes: number): Promise<Body> {
  return new Promise<Body>((resolve) => {
    // Nearly all bodies come in one piece.
    let first: Buffer | undefined;
    let others: Buffer[] | undefined;
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        first = undefined;
        others = undefined;
        resolve(tooLarge(maxBytes));
        if (size > maxBytes * drainFactor) abandon(request);
      } else if (first === undefined) first = chunk;
      else if (others === undefined) others = [first, chunk];
      else others.push(chunk);
    });
    request.on('end', () => {
      // Over HTTP/2 a body that is cut off ends like one that is whole, but its stream is closed by then.
      if (streamOf(request)?.closed === true) resolve(aborted);
      else if (first === undefined) resolve(none);
      else resolve({ kind: 'bytes', bytes: others === undefined ? first : Buffer.concat(others) });
    });
    const abort = (): void => resolve(aborted);
    request.on('error', abort);
    request.on('close', abort);
  });
}

function abandon(request: IncomingMessage): void {
  const stream = streamOf(request);
  if (stream === undefined) request.destroy();
  else stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
}

function tooLarge(maxBytes: number): Body {
  const detail = `The body is larger than ${maxBytes} bytes; the operator can raise --max-body.`;
  return { kind: 'problem', problem: { code: 'body_too_large', detail } };
}

function unsupported(detail: string): Body {
  return { kind: 'problem', problem: { code: 'unsupported_media_type', detail } };
}
