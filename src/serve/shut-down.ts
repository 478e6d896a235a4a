import type { FastifyInstance } from 'fastify';
import type { Gateway } from '../gateway/gateway.ts';
import type { Connections } from '../http/connections.ts';

/** For the answers to calls that are cut off. */
const lastWordMs = 500;

/** Stops accepting, lets calls in flight finish, ends the servers; false when calls were cut off. */
export async function shutDown(
  app: FastifyInstance,
  connections: Connections,
  gateway: Gateway,
  deadlineMs: number,
): Promise<boolean> {
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
