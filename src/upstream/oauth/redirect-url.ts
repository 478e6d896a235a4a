/** Hosts that are this machine; `localhost` is whatever a browser makes of it. */
export type LoopbackHost = '127.0.0.1' | 'localhost' | '[::1]';

/** Where on this machine an authorization server sends people back to. */
export interface LoopbackPlace {
  readonly host: LoopbackHost;
  readonly port: number;
  readonly path: string;
}

/** Where they are sent on this machine when nothing else is said; RFC 8252 section 7.3. */
export function loopbackUrl(host: LoopbackHost, port: number): string {
  return `http://${host}:${port}/callback`;
}

/** Where they are sent when the gateway itself is to take the answer. */
export function gatewayUrl(publicUrl: string, server: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/oauth/callback/${encodeURIComponent(server)}`;
}

/** Undefined for a redirect URI at which nothing on this machine can listen without more. */
export function parseLoopbackUrl(text: string): LoopbackPlace | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname: host, port, pathname: path, username, password, hash } = new URL(text);
  if (protocol !== 'http:' || !isLoopbackHost(host)) return undefined;
  if (port === '0' || username !== '' || password !== '' || hash !== '') return undefined;
  return { host, port: port === '' ? 80 : Number(port), path };
}

function isLoopbackHost(host: string): host is LoopbackHost {
  return host === '127.0.0.1' || host === 'localhost' || host === '[::1]';
}
