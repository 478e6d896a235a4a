import type { MountedServer } from './mounted-server.ts';

/** Counts the calls under way, in all and by server, for whoever waits until they are over. */
export class OpenCalls {
  readonly #counts = new Map<MountedServer, number>();
  readonly #waiting = new Set<() => void>();

  begin(server: MountedServer): void {
    this.#counts.set(server, (this.#counts.get(server) ?? 0) + 1);
  }

  end(server: MountedServer): void {
    const left = (this.#counts.get(server) ?? 0) - 1;
    if (left > 0) {
      this.#counts.set(server, left);
      return;
    }
    this.#counts.delete(server);
    for (const check of this.#waiting) check();
  }

  /** True once no call is under way (to the server given), false when `deadlineMs` came first. */
  async untilIdle(deadlineMs: number, server?: MountedServer): Promise<boolean> {
    const isIdle = (): boolean =>
      server === undefined ? this.#counts.size === 0 : !this.#counts.has(server);
    if (isIdle()) return true;
    return await new Promise<boolean>((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(isIdle());
      };
      const check = (): void => {
        if (isIdle()) settle();
      };
      const timer = setTimeout(settle, deadlineMs);
      this.#waiting.add(check);
    });
  }
}
