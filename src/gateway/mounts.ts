import { assignOperationPaths, normalizePath } from '../contract/document/operation-path.ts';
import type { MountedServers } from './mounted-server.ts';

/** Name of a server → the path that its tools are under, percent-encoded; '' for the only one, at the root. */
export function mountsOf(servers: MountedServers): ReadonlyMap<string, string> {
  return indexOf(servers).mounts;
}

/** The name of the server that a raw URL path leads to, whatever follows; undefined when none does. */
export function serverAt(servers: MountedServers, path: string): string | undefined {
  const { names, mounts } = indexOf(servers);
  if (mounts.has('')) return '';
  const end = path.indexOf('/', 1);
  const mount = end === -1 ? path : path.slice(0, end);
  return names.get(mount) ?? names.get(normalizePath(mount) ?? '');
}

interface MountIndex {
  readonly mounts: ReadonlyMap<string, string>;
  readonly names: ReadonlyMap<string, string>;
}

/** Servers are replaced whole, so what is made of them lasts as long as they do. */
const indexes = new WeakMap<MountedServers, MountIndex>();

function indexOf(servers: MountedServers): MountIndex {
  const known = indexes.get(servers);
  if (known !== undefined) return known;
  const names = [...servers.keys()];
  // A server's name is encoded as the document encodes it; the only one has none.
  const paths = assignOperationPaths(names.map((tool) => ({ server: '', tool })));
  const mounts = new Map(names.map((name, index) => [name, name === '' ? '' : (paths[index] ?? '')]));
  const index = { mounts, names: new Map([...mounts].map(([name, mount]) => [mount, name])) };
  indexes.set(servers, index);
  return index;
}
