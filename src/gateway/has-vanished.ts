import type { Upstream } from '../upstream/upstream.ts';

/** JSON-RPC error -32602 may mean that the tool is gone: only a fresh listing can tell. */
export async function hasVanished(upstream: Upstream, tool: string): Promise<boolean> {
  await upstream.refresh();
  return upstream.catalog?.tools.every(({ name }) => name !== tool) ?? false;
}
