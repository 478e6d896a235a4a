import type { IncomingMessage } from 'node:http';
import type { FairBy } from '../upstream/calls/fair-by.ts';
import { readTrait } from '../upstream/users/user-trait.ts';
import { identityOf } from './request-identity.ts';

/** Tells whose a request is: the same text for those of one client. */
export type IdentifyClient = (request: IncomingMessage) => string;

/**
 * Clients are told apart by a trait of theirs, and where that is missing or nothing else is wanted, by their addresses.
 *
 * @param trustProxy whether the first address of X-Forwarded-For is believed, as in the log
 */
export function createIdentifyClient(fairBy: FairBy, trustProxy: boolean): IdentifyClient {
  const byAddress = trustProxy ? forwardedAddressOf : addressOf;
  if (fairBy.kind === 'address') return byAddress;
  return (request) => {
    const read = readTrait(fairBy, { headers: request.headers, identity: identityOf(request) });
    // No address begins so: nobody passes for another.
    return read.kind === 'value' ? `=${String(read.value)}` : byAddress(request);
  };
}

function forwardedAddressOf(request: IncomingMessage): string {
  const first = String(request.headers['x-forwarded-for'] ?? '')
    .split(',', 1)[0]
    ?.trim();
  return first === undefined || first === '' || first.startsWith('=') ? addressOf(request) : first;
}

function addressOf({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? '';
}
