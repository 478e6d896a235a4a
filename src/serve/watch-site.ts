import type { ServerSettings } from '../config/server-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { RateLimit } from '../limits/rate-limit.ts';
import type { ToolSource } from '../contract/contract.ts';
import type { MissingServer, SiteContract } from '../docs/site/site.ts';
import { Fleet } from './fleet.ts';
import { toContract, type ReadSiteOptions } from './read-site.ts';
import { withFleet } from './serve.ts';

/** Servers that run, and whose tools are followed. */
export interface WatchedSite {
  /** What a site is made from now. */
  readonly contract: SiteContract;
  /** Follows other servers from now on; those that are the same keep running. */
  reload(servers: readonly ServerSettings[], rateLimit: RateLimit | undefined): Promise<void>;
  /** Ends the servers. */
  close(): Promise<void>;
}

/**
 * Starts MCP servers and keeps them running; says when something about them changes: their tools, or whether they are
 * there. `contract` is built when it is asked for.
 *
 * @throws UpstreamStartError when the only server cannot be started, or the signal was aborted
 */
export async function watchSite(
  settings: Settings,
  options: Pick<ReadSiteOptions, 'logger' | 'signal' | 'isSecured'>,
  onChange: () => void,
): Promise<WatchedSite> {
  const fleet = new Fleet(settings, options.logger);
  let current = settings;
  let stops: readonly (() => void)[] = [];
  const follow = (): void => {
    for (const stop of stops) stop();
    stops = [...fleet.mounted.values()].map(({ upstream }) => upstream.onChange(onChange));
  };
  await withFleet(fleet, options, async () => await fleet.start());
  follow();
  return {
    get contract() {
      const { sources, missing } = readNow(fleet);
      return toContract(sources, missing, current, options);
    },
    async reload(servers, rateLimit) {
      const { rateLimit: _, ...others } = settings;
      current = { ...others, servers, ...(rateLimit !== undefined && { rateLimit }) };
      await fleet.replace(servers, async () => {
        follow();
        onChange();
        await Promise.resolve();
      });
    },
    async close() {
      for (const stop of stops) stop();
      await fleet.abort();
    },
  };
}

/** A server that is being started again still has the tools that it had. */
function readNow(fleet: Fleet): {
  readonly sources: readonly ToolSource[];
  readonly missing: readonly MissingServer[];
} {
  const sources: ToolSource[] = [];
  const missing: MissingServer[] = [];
  for (const [server, { upstream, isServed = () => true }] of fleet.mounted) {
    const { catalog, state } = upstream;
    if (catalog === undefined) {
      const reason = 'reason' in state ? state.reason : 'it has not told its tools yet';
      missing.push({ server, reason });
    } else {
      sources.push({ ...catalog, server, tools: catalog.tools.filter(({ name }) => isServed(name)) });
    }
  }
  return { sources, missing };
}
