/** Where `mcpo-serve` answers when nobody says otherwise. */
const usual = 'http://localhost:8000';

/**
 * The address that an operation's path is appended to, without a slash at its end.
 *
 * A path that the gateway's address already begins with (`--root-path`) is not said twice.
 *
 * @param serverUrl of the document's server object: mostly a path
 * @param gatewayUrl where the gateway answers, in place of what the document says of its origin
 */
export function toBaseUrl(serverUrl: string, gatewayUrl?: string): string {
  const gateway = parse(gatewayUrl);
  const server = parse(serverUrl) ?? parse(serverUrl, usual) ?? new URL(usual);
  if (gateway === undefined) return joined(server, trim(server.pathname));
  const prefix = trim(gateway.pathname);
  const path = trim(server.pathname);
  const isWithin = path === prefix || path.startsWith(`${prefix}/`);
  return joined(gateway, isWithin ? path : `${prefix}${path}`);
}

/** Credentials in an address belong in no sample, and `fetch` refuses them. */
function joined({ protocol, host }: URL, path: string): string {
  return `${protocol}//${host}${path}`;
}

function trim(path: string): string {
  return path.replace(/\/+$/, '');
}

/** Undefined for what is no address that HTTP could be spoken to. */
function parse(text: string | undefined, base?: string): URL | undefined {
  if (text === undefined || !URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  return /^https?:$/.test(url.protocol) ? url : undefined;
}
