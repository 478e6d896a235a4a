import type { Permissions } from '../authorization/permissions.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { isJsonObject } from '../json/value.ts';
import type { Readiness } from './readiness.ts';

/** How many tools of a server a caller may know of. @param server its name in the contract */
export function countSeen(gateway: Pick<Gateway, 'contract'>, server: string, seen: Permissions): number {
  return gateway.contract.operations.filter(
    (operation) => operation.server === server && seen.allows(operation),
  ).length;
}

/** What is said of servers and tools that a caller may know of, and nothing of the others. */
export function restrictReadiness(said: Readiness, gateway: Gateway, seen: Permissions): Readiness {
  const { servers, drift, ...rest } = said;
  const shown = [...gateway.servers].flatMap(([server, { upstream }]) => {
    const entry = servers[upstream.name];
    if (entry === undefined || !seen.allowsOf(server)) return [];
    const { unserved, ...own } = entry as Readonly<Record<string, unknown>>; // made from JSON, or for it
    const isSeenTool = (tool: unknown): boolean => typeof tool === 'string' && seen.allows({ server, tool });
    const left = Array.isArray(unserved)
      ? unserved.filter((tool) => isJsonObject(tool) && isSeenTool(tool['tool']))
      : [];
    const tools = countSeen(gateway, server, seen);
    return [[upstream.name, { ...own, tools, ...(left.length > 0 && { unserved: left }) }] as const];
  });
  // The changes name tools.
  const { changes: _, ...counts } = isJsonObject(drift) ? drift : {};
  return { ...rest, ...(drift !== undefined && { drift: counts }), servers: Object.fromEntries(shown) };
}
