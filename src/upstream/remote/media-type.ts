import type { IncomingMessage } from 'node:http';

/** The media type without its parameters, in lower case (RFC 9110 8.3.1); '' when there is none. */
export function mediaType(message: IncomingMessage): string {
  const type = message.headers['content-type'] ?? '';
  const semicolon = type.indexOf(';');
  return (semicolon < 0 ? type : type.slice(0, semicolon)).trim().toLowerCase();
}
