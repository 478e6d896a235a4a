import { timingSafeEqual } from 'node:crypto';
import type { Problem } from '../errors.ts';
import type { Credentials } from '../gateway/profile.ts';

/** What an Authorization header carries. */
export type Presented =
  | { readonly kind: 'absent' }
  /** Of a scheme that nobody knows (in lower case), or not what its scheme asks for. */
  | { readonly kind: 'unreadable'; readonly scheme: string }
  | { readonly kind: 'secret'; readonly scheme: 'bearer' | 'basic'; readonly secret: string };

/** What callers may show; for telling them. */
export interface Accepted {
  readonly keys: boolean;
  readonly tokens: boolean;
}

/**
 * The challenges of a 401 (RFC 9110 section 11.6.1), in one line or, which means the same, in two.
 *
 * Chromium reads only the first of a line. So a person who opens a page under strict authentication is asked for
 * the key, and a script's call in a page is answered without a dialog of the browser's own.
 */
export function challengesFor(accept: string | undefined): string | string[] {
  const challenges = ['Bearer', 'Basic realm="mcpo", charset="UTF-8"'];
  return accept?.includes('text/html') === true ? challenges : challenges.join(', ');
}

/** Looks for a key or token as Bearer token (RFC 6750) or as Basic password with any user name (RFC 7617). */
export function readAuthorization(authorization: string | undefined): Presented {
  if (authorization === undefined) return { kind: 'absent' };
  const space = authorization.indexOf(' ');
  const scheme = authorization.slice(0, space === -1 ? undefined : space).toLowerCase();
  const secret = space === -1 ? undefined : secretIn(scheme, authorization.slice(space + 1).trim());
  if (secret === undefined || (scheme !== 'bearer' && scheme !== 'basic')) {
    return { kind: 'unreadable', scheme };
  }
  return { kind: 'secret', scheme, secret };
}

/** Makes what says why credentials do not open anything: undefined when they are right, of whichever scheme. */
export function createJudge({ keys, tokens }: Accepted): (credentials: Credentials) => Problem | undefined {
  const what = keys && tokens ? 'an API key or a token' : tokens ? 'a token' : 'the API key';
  const placeholder = keys ? (tokens ? 'key or token' : 'key') : 'token';
  return (credentials) => {
    switch (credentials.kind) {
      case 'absent':
        return { code: 'unauthorized', detail: `Send ${what} as "Authorization: Bearer <${placeholder}>".` };
      case 'unreadable': {
        const detail = `The Authorization header is unreadable; send "Authorization: Bearer <${placeholder}>" or Basic credentials.`;
        return { code: 'unauthorized', detail };
      }
      case 'key':
        if (credentials.isRight) return undefined;
        return { code: 'forbidden', detail: credentials.detail ?? 'The API key is wrong.' };
    }
  };
}

/**
 * Compares with the shared key in constant time, so that neither its content nor its length shows in the timing.
 *
 * Both are laid into as many bytes, padded with zeros, and all of these compared with what else is known of them: their
 * lengths. A digest of each, which would serve as well, costs five times that, on every call.
 */
export function createKeyCheck(apiKey: string): (given: string) => boolean {
  const size = Math.max(minKeyBytes, Buffer.byteLength(apiKey));
  const expected = Buffer.alloc(size);
  const expectedLength = expected.write(apiKey);
  const scratch = Buffer.alloc(size);
  return (given) => {
    scratch.fill(0);
    // What is longer than fits is cut, and told by its length.
    scratch.write(given);
    const isSame = timingSafeEqual(scratch, expected);
    return isSame && Buffer.byteLength(given) === expectedLength;
  };
}

const minKeyBytes = 256;

function secretIn(scheme: string, credentials: string): string | undefined {
  if (credentials === '') return undefined;
  switch (scheme) {
    case 'bearer':
      // Node reads header bytes as Latin-1; the key is UTF-8.
      return Buffer.from(credentials, 'latin1').toString('utf8');
    case 'basic':
      return passwordIn(credentials);
    default:
      return undefined;
  }
}

function passwordIn(credentials: string): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(credentials)) return undefined;
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon === -1 ? undefined : pair.slice(colon + 1);
}
