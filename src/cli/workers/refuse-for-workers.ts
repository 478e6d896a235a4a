import type { ServerSettings } from '../../config/server-settings.ts';

/**
 * Why several workers cannot serve these servers, one text each.
 *
 * Connections go to workers in turn, whoever comes: a session, and what an authorization server answers to, would be in
 * one of them and asked for in another.
 */
export function refuseForWorkers(servers: readonly ServerSettings[]): readonly string[] {
  return servers.flatMap((server) => {
    const what =
      server.session === undefined
        ? server.type !== 'stdio' && server.oauth !== undefined
          ? "'oauth', which is granted to one process"
          : undefined
        : "'session', which lives in one process";
    return what === undefined
      ? []
      : [
          `${server.name} has ${what}: it cannot be served with --workers; leave that out, and for more than one core run several gateways behind a balancer that sends each user to the same one (consistent hashing)`,
        ];
  });
}
