import { BlockList, isIP } from 'node:net';

/**
 * Says why the gateway may not ask a URL that an MCP server named for its authorization (RFC 9728 section 7.7): a server
 * elsewhere must not have it ask what only this machine can reach. Undefined when it may.
 *
 * What the operator chose for the server itself is allowed for what it names: its own origin, plain HTTP, this machine.
 * Names are judged as they are written, and not looked up.
 */
export function findNamedUrlFault(url: URL, server: URL): string | undefined {
  if (url.origin === server.origin) return undefined;
  const host = hostOf(url);
  const says = (why: string): string =>
    `the server names ${url.origin} for its authorization, which ${why}; nothing is sent there`;
  if (isIn(linkLocal, host)) return says('is an address that only this machine can reach');
  if (isThisMachine(host) && !isThisMachine(hostOf(server))) return says('is this machine');
  if (url.protocol === 'https:' || (url.protocol === 'http:' && server.protocol === 'http:'))
    return undefined;
  return says('is not HTTPS');
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isIn(loopback, host);
}

/** Where clouds answer with credentials, among others (RFC 3927, RFC 4291 section 2.5.6). */
const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16);
linkLocal.addSubnet('fe80::', 10, 'ipv6');
linkLocal.addAddress('fd00:ec2::254', 'ipv6');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addSubnet('0.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');
loopback.addAddress('::', 'ipv6');

/** Addresses of IPv4 that are written as such of IPv6 count as what they are. */
function isIn(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 4 ? 'ipv4' : 'ipv6');
}
