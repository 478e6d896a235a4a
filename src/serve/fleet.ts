import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { FastifyBaseLogger } from 'fastify';
import type { ServerSettings } from '../config/server-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { MountedServers } from '../gateway/mounted-server.ts';
import { OauthCallbacks } from '../upstream/oauth/oauth-callbacks.ts';
import type { StartableUpstream } from '../upstream/upstream.ts';
import type { ServerContext } from './create-upstream.ts';
import { isSameConnection, planServer, replanServer, type PlannedServer } from './mount-server.ts';

/** One name's place: who answers now, and who is to follow once connected. */
interface Berth {
  running: PlannedServer;
  next?: PlannedServer;
}

/** What a new configuration changed, by server name. */
export interface FleetChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/**
 * The servers that a gateway runs, by name.
 *
 *     running ──(its settings change)──▶ running + next ──(next is ready, or running is not)──▶ running
 *
 * Invariant: every upstream that was started is in a berth, mounted in the gateway, or closed.
 */
export class Fleet {
  /** Where answers of authorization servers arrive. */
  readonly callbacks: OauthCallbacks = new OauthCallbacks();
  readonly #settings: Settings;
  readonly #logger: FastifyBaseLogger;
  readonly #berths = new Map<string, Berth>();
  #isEnded = false;

  constructor(settings: Settings, logger: FastifyBaseLogger) {
    this.#settings = settings;
    this.#logger = logger;
    for (const server of settings.servers) this.#berths.set(server.name, { running: this.#plan(server) });
  }

  get names(): readonly string[] {
    return [...this.#berths.keys()];
  }

  /** As the gateway mounts them. */
  get mounted(): MountedServers {
    const isSingle = this.#settings.layout === 'single';
    return new Map([...this.#berths].map(([name, { running }]) => [isSingle ? '' : name, running.mounted]));
  }

  /**
   * Connects to all of them at the same time. With the `single` layout the failure of the one is thrown; else each is
   * tried until it works, and this resolves when every first attempt is over.
   *
   * @throws UpstreamStartError
   */
  async start(): Promise<void> {
    const starts: Promise<void>[] = [];
    for (const { running } of this.#berths.values()) {
      // Who has to ask a person for leave is tried again, whatever comes in between.
      const isPatient = this.#settings.layout === 'named' || hasOauth(running.settings);
      starts.push(this.#connect(running, isPatient ? 'retry' : 'close'));
      // To start a process holds up everything for some 10 ms: requests are answered in between.
      if (this.#berths.size > 1) await setImmediate();
    }
    await Promise.all(starts);
  }

  /**
   * Follows a new configuration: starts what is new, keeps what is the same, ends what is gone. A changed server answers
   * as it was until the new one is ready.
   *
   * @param mount is called now, and whenever a changed server has become ready
   */
  async replace(servers: readonly ServerSettings[], mount: () => Promise<void>): Promise<FleetChanges> {
    const wanted = new Map(servers.map((server) => [server.name, server]));
    const removed = this.names.filter((name) => !wanted.has(name));
    const added = [...wanted.keys()].filter((name) => !this.#berths.has(name));
    const changed: string[] = [];
    for (const name of removed) this.#remove(name);
    for (const [name, server] of wanted) {
      const berth = this.#berths.get(name);
      if (berth === undefined) this.#add(server);
      else if (this.#change(berth, server, mount)) changed.push(name);
    }
    await mount();
    return { added, changed, removed };
  }

  /** Runs those anew that can be without a gap, each in its own time; not those that are about to be replaced. */
  async restart(): Promise<void> {
    const settled = [...this.#berths.values()].filter(({ next }) => next === undefined);
    await Promise.all(settled.map(async ({ running }) => await running.upstream.restart?.()));
  }

  /** Ends all of them at once. */
  async abort(): Promise<void> {
    await Promise.all([
      this.endPending(),
      ...[...this.#berths.values()].map(async ({ running }) => await running.upstream.close(0)),
    ]);
  }

  /** Ends those that no gateway has seen yet, and lets none follow. */
  async endPending(): Promise<void> {
    this.#isEnded = true;
    await Promise.all([...this.#berths.values()].map(async ({ next }) => await next?.upstream.close(0)));
  }

  #remove(name: string): void {
    this.#drop(this.#berths.get(name)?.next);
    this.#berths.delete(name);
  }

  #add(server: ServerSettings): void {
    const running = this.#plan(server);
    this.#berths.set(server.name, { running });
    // With `retry` it never rejects.
    void this.#connect(running, 'retry');
  }

  /** @returns whether anything differs */
  #change(berth: Berth, server: ServerSettings, mount: () => Promise<void>): boolean {
    const { running, next } = berth;
    if (isDeepStrictEqual(server, (next ?? running).settings)) return false;
    if (isSameConnection(server, running.settings)) {
      this.#drop(next);
      delete berth.next;
      berth.running = replanServer(server, running, this.#contextOf(server.name));
      return true;
    }
    if (next !== undefined && isSameConnection(server, next.settings)) {
      berth.next = replanServer(server, next, this.#contextOf(server.name));
      return true;
    }
    this.#drop(next);
    const planned = this.#plan(server);
    berth.next = planned;
    const follow = (): void => {
      const isCurrent = berth.next?.upstream === planned.upstream && this.#berths.get(server.name) === berth;
      if (!isCurrent || this.#isEnded) {
        stop();
        return;
      }
      if (!isAtStrength(planned.upstream) && berth.running.upstream.state.kind === 'ready') return;
      stop();
      berth.running = berth.next ?? planned;
      delete berth.next;
      // The gateway handles what fails in it.
      void mount();
    };
    const stop = planned.upstream.onChange(follow);
    void this.#connect(planned, 'retry');
    // Nothing is lost when the old one does not answer anyway.
    if (running.upstream.state.kind !== 'ready') follow();
    return true;
  }

  #drop(planned: PlannedServer | undefined): void {
    // Nobody waits for it: it has never been mounted. Closing never rejects.
    void planned?.upstream.close(0);
  }

  async #connect({ upstream, settings }: PlannedServer, onFailure: 'close' | 'retry'): Promise<void> {
    await upstream.start(onFailure);
    if (this.#settings.layout === 'named' && upstream.state.kind === 'ready') {
      this.#logger.info({ server: settings.name, tools: upstream.catalog?.tools.length }, 'connected');
    }
  }

  #plan(server: ServerSettings): PlannedServer {
    return planServer(server, this.#contextOf(server.name));
  }

  #contextOf(name: string): ServerContext {
    const { callbacks } = this;
    return { settings: this.#settings, logger: this.#logger.child({ server: name }), callbacks };
  }
}

/** Ready, and with all of its replicas where it has several. */
function isAtStrength({ state, replicas }: StartableUpstream): boolean {
  return state.kind === 'ready' && (replicas === undefined || replicas.ready === replicas.total);
}

function hasOauth(server: ServerSettings): boolean {
  return server.type !== 'stdio' && server.oauth !== undefined;
}
