/**
 * Why a URL is not asked for keys; undefined when it may be.
 *
 * Whoever sits on a line without TLS could put keys of their own in, and so could any program of this machine at an address
 * of it: an issuer elsewhere does not lead there.
 *
 * @param from what was configured; only from this machine is plain HTTP on this machine led to. @default the URL itself
 */
export function findUnsafeUrl(url: URL, allowsHttp: boolean, from: URL = url): string | undefined {
  if (url.username !== '' || url.password !== '') return 'holds a user name or password';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol !== 'http:') return `is no HTTP address`;
  if (allowsHttp || (isLoopback(url.hostname) && isLoopback(from.hostname))) return undefined;
  return 'is plain HTTP, which anybody on the way could answer; use https, or add --jwt-allow-http';
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d+){3}$/.test(hostname)
  );
}
