import type { IncomingMessage } from 'node:http';
import type { Identity } from '../identity/identity.ts';

/** Kept on the request itself: a WeakMap would cost the garbage collector an entry for each call. */
const identityKey = Symbol('identity');

interface IdentifiedMessage extends IncomingMessage {
  [identityKey]?: Identity;
}

/**
 * Who makes a request; undefined without credentials, or where none are asked for and those that came are not right.
 *
 * Known from the checks on (`checks.ts`), in every route but those that are open to everyone (probes, assets).
 */
export function identityOf(request: IncomingMessage): Identity | undefined {
  return (request as IdentifiedMessage)[identityKey]; // the checks alone write it
}

/** For the checks. */
export function setIdentity(request: IncomingMessage, identity: Identity): void {
  (request as IdentifiedMessage)[identityKey] = identity; // read by identityOf alone
}
