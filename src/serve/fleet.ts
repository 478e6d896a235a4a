import type { FastifyBaseLogger } from 'fastify';
import type { ServerSettings } from '../config/server-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { MountedServers } from '../gateway/mounted-server.ts';
import { planServer, type PlannedServer } from './mount-server.ts';

/** The servers that a gateway runs, by name. */
export class Fleet {
  readonly #settings: Settings;
  readonly #logger: FastifyBaseLogger;
  #planned: ReadonlyMap<string, PlannedServer>;

  constructor(settings: Settings, logger: FastifyBaseLogger) {
    this.#settings = settings;
    this.#logger = logger;
    this.#planned = this.#plan(settings.servers);
  }

  get names(): readonly string[] {
    return [...this.#planned.keys()];
  }

  /** As the gateway mounts them. */
  get mounted(): MountedServers {
    return this.#mount(this.#planned);
  }

  /**
   * Connects to all of them at the same time. With the `single` layout the failure of the one is thrown; else each is
   * tried until it works, and this resolves when every first attempt is over.
   *
   * @throws UpstreamStartError
   */
  async start(): Promise<void> {
    const isSingle = this.#settings.layout === 'single';
    await Promise.all(
      [...this.#planned.values()].map(
        async ({ upstream, settings }) =>
          // Who has to ask a person for leave is tried again, whatever comes in between.
          await upstream.start(isSingle && !hasOauth(settings) ? 'close' : 'retry'),
      ),
    );
  }

  /** Plans what differs, keeps what does not. `start` what is new, then mount `next`, then end what is gone. */
  async replace(
    servers: readonly ServerSettings[],
    mount: (next: MountedServers) => Promise<void>,
  ): Promise<{ readonly added: string[]; readonly changed: string[]; readonly removed: string[] }> {
    const wanted = this.#plan(servers.filter((server) => !isSame(server, this.#planned.get(server.name))));
    const next = new Map<string, PlannedServer>();
    for (const { name } of servers) {
      const planned = wanted.get(name) ?? this.#planned.get(name);
      if (planned !== undefined) next.set(name, planned);
    }
    const report = {
      added: [...wanted.keys()].filter((name) => !this.#planned.has(name)),
      changed: [...wanted.keys()].filter((name) => this.#planned.has(name)),
      removed: [...this.#planned.keys()].filter((name) => !next.has(name)),
    };
    // The old one of a changed server answers until the new one is ready, or has failed to be.
    await Promise.all([...wanted.values()].map(async ({ upstream }) => await upstream.start('retry')));
    this.#planned = next;
    await mount(this.#mount(next));
    return report;
  }

  /** Ends all of them at once. */
  async abort(): Promise<void> {
    await Promise.all([...this.#planned.values()].map(async ({ upstream }) => await upstream.close(0)));
  }

  #plan(servers: readonly ServerSettings[]): ReadonlyMap<string, PlannedServer> {
    return new Map(
      servers.map((server) => [
        server.name,
        planServer(server, this.#settings, this.#logger.child({ server: server.name })),
      ]),
    );
  }

  #mount(planned: ReadonlyMap<string, PlannedServer>): MountedServers {
    const isSingle = this.#settings.layout === 'single';
    return new Map([...planned].map(([name, { mounted }]) => [isSingle ? '' : name, mounted]));
  }
}

function hasOauth(server: ServerSettings): boolean {
  return server.type !== 'stdio' && server.oauth !== undefined;
}

function isSame(server: ServerSettings, planned: PlannedServer | undefined): boolean {
  return planned !== undefined && JSON.stringify(server) === JSON.stringify(planned.settings);
}
