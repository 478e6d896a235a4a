import type { Worker } from 'node:cluster';

/** As much of a connection's handle as is needed here. */
interface Handle {
  close(): void;
  /** Negative once it is closed. */
  readonly fd?: number;
}

/** What node:cluster sends a worker with a connection, and what it is answered. */
interface ClusterMessage {
  readonly cmd?: unknown;
  readonly act?: unknown;
  readonly seq?: unknown;
  readonly ack?: unknown;
}

/**
 * Has connections that a worker was dealt and died before it took them dealt to another.
 *
 * node:cluster waits for its word on them for ever, and so would their callers. Neither of the two messages is
 * documented (`lib/internal/cluster/round_robin_handle.js`); should they change, nothing is remembered here.
 *
 * @param hasOthers whether other workers take connections
 */
export function watchHandoffs(worker: Worker, hasOthers: () => boolean): void {
  const { process: child } = worker;
  const waiting = new Map<number, Handle>();
  // As it is called here and by node:cluster; it passes on whatever it is given.
  const send = child.send.bind(child) as (...words: readonly unknown[]) => boolean;
  child.send = (message: unknown, handle: unknown, ...rest: readonly unknown[]): boolean => {
    const { cmd, act, seq } = message as ClusterMessage; // an object: a Wire sends nothing else
    if (cmd === 'NODE_CLUSTER' && act === 'newconn' && typeof seq === 'number' && isHandle(handle))
      waiting.set(seq, handle);
    return send(message, handle, ...rest);
  };
  child.on('internalMessage', ({ cmd, ack }: ClusterMessage) => {
    if (cmd === 'NODE_CLUSTER' && typeof ack === 'number') waiting.delete(ack);
  });
  // What it said before it died may not be read yet: the kernel has it, so one turn reads it.
  worker.once('exit', () => setImmediate(() => setImmediate(dealAgain)));

  function dealAgain(): void {
    for (const [seq, handle] of waiting) {
      if (handle.fd !== undefined && handle.fd < 0) continue;
      // In the words of a worker that stops listening.
      if (hasOthers()) child.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack: seq, accepted: false });
      else handle.close();
    }
    waiting.clear();
  }
}

function isHandle(value: unknown): value is Handle {
  return typeof value === 'object' && value !== null && 'close' in value;
}
