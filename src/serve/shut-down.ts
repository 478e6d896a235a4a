import type { FastifyInstance } from 'fastify';
import type { Gateway } from '../gateway/gateway.ts';
import type { Connections } from '../http/connections.ts';

/** For the answers to calls that are cut off. */
const lastWordMs = 500;

/** How long the end may take. */
export interface EndTimes {
  /** From the moment readiness goes down to the one when connections are refused. */
  readonly drainDelayMs: number;
  /** For all that follows. */
  readonly deadlineMs: number;
}

/**
 * Tells balancers to look elsewhere, and serves on until they have; then stops accepting, lets calls in flight
 * finish, ends the servers. @returns false when calls were cut off
 */
export async function shutDown(
  app: FastifyInstance,
  connections: Connections,
  gateway: Gateway,
  { drainDelayMs, deadlineMs }: EndTimes,
): Promise<boolean> {
  gateway.leave();
  if (drainDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, drainDelayMs));
  const end = performance.now() + deadlineMs;
  const remaining = (): number => Math.max(0, end - performance.now());
  // New connections are refused from here on; requests on open ones get `shutting_down`.
  connections.stopListening();
  const isDrained = await gateway.drain(remaining());
  if (isDrained) await connections.close(remaining());
  // Ending the servers settles the calls that are cut off; their callers are told before the connections close.
  const ended = gateway.close(Math.max(remaining(), 1_000));
  if (!isDrained) await connections.close(lastWordMs);
  await app.close();
  await ended;
  return isDrained;
}
