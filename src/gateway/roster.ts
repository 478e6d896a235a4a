import type { MountedServer } from './mounted-server.ts';
import { OpenCalls } from './open-calls.ts';

/** For a server that is configured no longer to end by itself. */
const retireMs = 5_000;

/**
 * The servers that calls go to, from when they are mounted until they have ended.
 *
 *     mounted ──(configured no longer)──▶ retiring ──(its calls are over)──▶ ended
 */
export class Roster {
  readonly calls: OpenCalls = new OpenCalls();
  readonly #mounted = new Set<MountedServer>();
  readonly #retiring = new Set<MountedServer>();

  mount(servers: Iterable<MountedServer>): void {
    for (const server of servers) this.#mounted.add(server);
  }

  /** All others finish their calls, within `deadlineMs`, and end. */
  keepOnly(servers: readonly MountedServer[], deadlineMs: number): void {
    const kept = new Set(servers);
    const connections = new Set(servers.map(({ upstream }) => upstream));
    for (const server of this.#mounted) {
      if (kept.has(server)) continue;
      this.#mounted.delete(server);
      // The same connection may be served in another way. Retiring never rejects.
      if (!connections.has(server.upstream)) void this.#retire(server, deadlineMs);
    }
  }

  /** Ends all of them within `deadlineMs`. */
  async close(deadlineMs: number): Promise<void> {
    const open = [...this.#mounted, ...this.#retiring];
    await Promise.all(open.map(async ({ upstream }) => await upstream.close(deadlineMs)));
  }

  async #retire(server: MountedServer, deadlineMs: number): Promise<void> {
    this.#retiring.add(server);
    await this.calls.untilIdle(deadlineMs, server);
    await server.upstream.close(retireMs);
    this.#retiring.delete(server);
  }
}
