/** How long others wait for a text that gets no answer of its own; then the server is taken to have it. */
const MAX_HOLD_MS = 10_000;

/**
 * Keeps texts that go out on connections of their own in order: what follows a notification is sent when that was
 * accepted, as clients do, so that a cancellation arrives before the ping after it. Requests hold nothing up.
 */
export class SendOrder {
  #last: Promise<void> = Promise.resolve();

  /** Sends when all before has gone out; `send` never rejects. */
  add(send: () => Promise<void>, holdsOthers: boolean): void {
    this.#last = after(this.#last, send, holdsOthers);
  }
}

async function after(before: Promise<void>, send: () => Promise<void>, holdsOthers: boolean): Promise<void> {
  await before;
  const sent = send();
  if (holdsOthers) await atMost(sent, MAX_HOLD_MS);
}

/** Waits for something, but no longer than that. */
export async function atMost(wait: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([wait, deadline]);
  clearTimeout(timer);
}
