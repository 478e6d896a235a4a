/**
 * Why a URL is not asked for keys; undefined when it may be.
 *
 * Whoever sits on a line without TLS could put keys of their own in.
 */
export function findUnsafeUrl(url: URL, allowsHttp: boolean): string | undefined {
  if (url.username !== '' || url.password !== '') return 'holds a user name or password';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol !== 'http:') return `is no HTTP address`;
  if (allowsHttp || isLoopback(url.hostname)) return undefined;
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
