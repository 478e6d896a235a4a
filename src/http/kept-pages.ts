import type { Gateway } from '../gateway/gateway.ts';
import type { Representation } from './representation.ts';

/** Gives what was rendered under a key, or renders it. */
export type KeptPages = (key: string, render: () => Representation) => Representation;

/**
 * Keeps what was rendered until the contract, the servers, or what they list are others; what was not asked for the longest
 * goes first.
 *
 * @param maxKept how many are kept, with the servers that there are
 */
export function createKeptPages(gateway: Gateway, maxKept: () => number): KeptPages {
  let [servers, sources, contract] = [gateway.servers, gateway.sources, gateway.contract];
  const kept = new Map<string, Representation>();
  return (key, render) => {
    if (servers !== gateway.servers || sources !== gateway.sources || contract !== gateway.contract)
      kept.clear();
    [servers, sources, contract] = [gateway.servers, gateway.sources, gateway.contract];
    const page = kept.get(key) ?? render();
    kept.delete(key);
    kept.set(key, page);
    const [oldest] = kept.keys();
    if (kept.size > maxKept() && oldest !== undefined) kept.delete(oldest);
    return page;
  };
}
