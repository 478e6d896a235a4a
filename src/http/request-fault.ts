import type { IncomingMessage } from 'node:http';
import type { Problem } from '../errors.ts';
import { authorityOf } from './tls/http2.ts';

/** The most headers a request may have. */
export const maxHeaders = 200;
/** Node's parser has the same limit for HTTP/1.1, which the command of Node can change. */
const maxHeaderBytes = 16 * 1024;
const maxUrlLength = 8_192;

/** Says what is wrong with a request that Node's parser let pass. */
export function findRequestFault(request: IncomingMessage): Problem | undefined {
  const { headers, url, rawHeaders } = request;
  // RFC 9112 section 3.2.
  if (headers.host === undefined && request.httpVersion === '1.1') {
    return { code: 'bad_request', detail: 'The request has no Host header.' };
  }
  if ((url?.length ?? 0) > maxUrlLength) {
    return { code: 'uri_too_long', detail: `The URL is longer than ${maxUrlLength} characters.` };
  }
  if (request.httpVersionMajor === 2) return findHttp2Fault(request);
  return rawHeaders.length > maxHeaders * 2 ? tooMany : undefined;
}

const tooMany: Problem = {
  code: 'headers_too_large',
  detail: `The request has more than ${maxHeaders} headers.`,
};

/** Most often it is a token, or cookies of other pages of the same host. */
export const tooLarge: Problem = {
  code: 'headers_too_large',
  detail: `The request line and headers, tokens and cookies among them, have more than ${maxHeaderBytes / 1_024} KiB together.`,
};

function findHttp2Fault({ headers, rawHeaders }: IncomingMessage): Problem | undefined {
  // RFC 9113 section 8.3.1: two names for one server would let a request pass for another one.
  if (headers.host !== undefined && headers.host !== authorityOf(headers)) {
    return { code: 'bad_request', detail: 'The Host header is not that of the URL.' };
  }
  let fields = 0;
  let bytes = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!name.startsWith(':')) fields += 1;
    bytes += name.length + (rawHeaders[index + 1]?.length ?? 0);
  }
  if (fields > maxHeaders) return tooMany;
  return bytes > maxHeaderBytes ? tooLarge : undefined;
}
