import type { IncomingMessage } from 'node:http';
import type { Problem } from '../errors.ts';
import { ForwardedIdentities } from '../identity/forwarded-identity.ts';
import type { Identity } from '../identity/identity.ts';
import { createPeerList, type PeerList } from '../identity/peer-list.ts';
import type { Logger } from '../logger.ts';
import { toHeaderText } from '../upstream/header-text.ts';

/** What a request of a proxy says of its user. */
export type Forwarded =
  | { readonly kind: 'user'; readonly identity: Identity }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** What Open WebUI says of a user, and the most characters that are taken of each. */
const fields = [
  ['id', 'x-openwebui-user-id', 256],
  ['email', 'x-openwebui-user-email', 320],
  ['name', 'x-openwebui-user-name', 1_024],
  ['role', 'x-openwebui-user-role', 64],
] as const;
/** The last is a signed form of the others, which is not read here; whoever gets it forwarded might read it. */
const names = [...fields.map(([, name]) => name), 'x-openwebui-user-jwt'];

/** Addresses that are told of, at most. */
const maxTold = 100;

/** Believes some peers in what they say of their users, and nobody else (AUTH rules of spec/mapping.md). */
export class ForwardedUsers {
  readonly #peers: PeerList;
  readonly #identities = new ForwardedIdentities();
  /** Addresses whose headers were taken out, each told of once. */
  readonly #strangers = new Set<string>();
  readonly #logger: Logger;

  /** @param proxies addresses and networks; @throws Error for what is neither */
  constructor(proxies: readonly string[], logger: Logger) {
    this.#peers = createPeerList(proxies);
    this.#logger = logger;
  }

  /**
   * Whether a request comes from a proxy of ours: by the other end of its connection, whatever X-Forwarded-For says, which
   * anybody may. From anyone else, what such a proxy would say is taken out, so that nothing after this sees it.
   */
  admits(request: IncomingMessage): boolean {
    const { headers, socket } = request;
    if (this.#peers.has(socket.remoteAddress)) return true;
    const taken = names.filter((name) => headers[name] !== undefined);
    if (taken.length === 0) return false;
    for (const name of taken) delete headers[name];
    this.#tellOnce(socket.remoteAddress ?? '', taken);
    return false;
  }

  /** A proxy that is not listed looks like one that says nothing; somebody who pretends to be one may have many addresses. */
  #tellOnce(address: string, headers: readonly string[]): void {
    const strangers = this.#strangers;
    // As it is listed (RFC 4291 section 2.5.5.2).
    const peer = address.replace(/^::ffff:(?=\d+\.)/, '');
    if (strangers.has(peer) || strangers.size >= maxTold) return;
    strangers.add(peer);
    const more = strangers.size === maxTold ? '; of further addresses nothing is said' : '';
    this.#logger.warn(
      { peer, headers },
      `headers that name a user came from an address that --trusted-header-auth does not list, and are taken out; list it if it is a proxy of yours${more}`,
    );
  }

  /** @param by as who the proxy came itself */
  read({ headers }: IncomingMessage, by: Identity | undefined): Forwarded {
    const user: Partial<Record<(typeof fields)[number][0], string>> = {};
    for (const [field, name, most] of fields) {
      const value = headers[name];
      if (value === undefined || value === '') continue;
      const text = toHeaderText(String(value));
      // Node joins a header that came twice: the caller's, say, and the one of a proxy that did not remove it.
      const fault = text.includes(',')
        ? several
        : text.length > most
          ? `is longer than ${most} characters`
          : undefined;
      if (field === 'name') {
        // Nobody is told apart by it: without one, the user is the same.
        if (fault === undefined) user[field] = toPlainName(text);
      } else if (fault === undefined) user[field] = text;
      else
        return { kind: 'refused', problem: { code: 'bad_request', detail: `The header ${name} ${fault}.` } };
    }
    const { id } = user;
    if (id === undefined) return { kind: 'nobody' };
    return { kind: 'user', identity: this.#identities.of({ ...user, id }, by) };
  }
}

const several = 'came with several values; the proxy has to replace what callers send';

/** Names come percent-encoded, but for their spaces. */
function toPlainName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
