import { BlockList, isIP } from 'node:net';

/** Addresses of peers, by which some are believed what others are not. */
export interface PeerList {
  /** @param address of a socket; undefined when it is gone, or has none */
  has(address: string | undefined): boolean;
}

/** What is remembered at most, for addresses that keep calling. */
const maxRemembered = 1_000;

/**
 * Compiles addresses and networks (CIDR, RFC 4632 section 3.1; RFC 4291 section 2.3) into a list.
 *
 * @throws Error for a text that {@link findPeerFault} finds fault with
 */
export function createPeerList(texts: readonly string[]): PeerList {
  const list = new BlockList();
  for (const text of texts) {
    const network = toNetwork(text);
    if (network === undefined || findPeerFault(text) !== undefined)
      throw new Error(`'${text}' ${findPeerFault(text)}`);
    list.addSubnet(...network);
  }
  // A peer calls many times, and asking the list costs as much as the rest of a check.
  const known = new Map<string, boolean>();
  return {
    has(address) {
      if (address === undefined) return false;
      const before = known.get(address);
      if (before !== undefined) return before;
      const [bare = ''] = address.split('%', 1);
      const family = familyOf(bare);
      const isIn = family !== undefined && list.check(bare, family);
      if (known.size >= maxRemembered) known.clear();
      known.set(address, isIn);
      return isIn;
    },
  };
}

/** What is wrong with the text of an address or network, as the end of a sentence about it; undefined when nothing is. */
export function findPeerFault(text: string): string | undefined {
  const network = toNetwork(text);
  if (network === undefined) return 'is no address or network; write 10.1.2.3, 10.1.0.0/16 or fd00::/8';
  const [address, bits, family] = network;
  const list = new BlockList();
  list.addSubnet(address, bits, family);
  // A network of IPv6 may hold every IPv4 address (RFC 4291 section 2.5.5.2).
  const holdsAll = list.check('0.0.0.0', 'ipv4') && list.check('255.255.255.255', 'ipv4');
  const isWide = holdsAll || bits < (family === 'ipv4' ? 8 : 7);
  return isWide
    ? 'is half the world, and whoever is listed can pass for anybody; list the proxies alone'
    : undefined;
}

function toNetwork(text: string): readonly [string, number, 'ipv4' | 'ipv6'] | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const family = familyOf(address);
  if (family === undefined || rest.length > 0 || address.includes('%')) return undefined;
  const most = family === 'ipv4' ? 32 : 128;
  if (bits === undefined) return [address, most, family];
  return /^\d{1,3}$/.test(bits) && Number(bits) <= most ? [address, Number(bits), family] : undefined;
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined;
}
