import { STATUS_CODES } from 'node:http';

const SHOWN_CHARACTERS = 200;

/** `HTTP 404 Not Found`. */
export function toStatusTitle(status: number): string {
  return `HTTP ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
}

/** A status and the beginning of what came with it, in one line; pages for people are left out. */
export function describeStatus(status: number, body: string): string {
  const line = /^\s*</.test(body) ? '' : body.slice(0, SHOWN_CHARACTERS).replaceAll(/\s+/g, ' ').trim();
  return line === '' ? toStatusTitle(status) : `${toStatusTitle(status)}: ${line}`;
}

/** What can be done about an HTTP error that keeps a session from being opened; undefined where only the server can tell. */
export function adviseOn(status: number, location: string | undefined): string | undefined {
  if (status === 401) {
    return "it wants credentials: give them with --header 'Authorization: Bearer ${TOKEN}', or among the headers in the configuration";
  }
  if (status === 403) return 'it refuses these credentials, or the host or origin that it is called by';
  if ([400, 404, 405].includes(status)) {
    return 'is this the address of its MCP endpoint, such as /mcp or /sse, and --type how it speaks?';
  }
  if (status >= 300 && status < 400) {
    return location === undefined ? 'it has moved' : `it has moved: try ${location}`;
  }
  return undefined;
}
