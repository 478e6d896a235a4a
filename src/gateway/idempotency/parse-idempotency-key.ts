/** What an Idempotency-Key header says. */
export type IdempotencyKey =
  | { readonly kind: 'key'; readonly key: string }
  /** `detail` says what to send instead. */
  | { readonly kind: 'malformed'; readonly detail: string };

/** Far more than the 36 of a UUID; a key is a name, not a place for data. */
const maxCharacters = 255;
/** An sf-string (RFC 9651 section 3.3.3), which is what the draft asks for. */
const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
/** What many clients send instead: the same without its quotes. A comma is where two headers were joined. */
const bare = /^[\x21\x23-\x2b\x2d-\x7e]+$/;

/**
 * Reads an Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header, section 2.1): a string in quotes, or the
 * same bare when it has neither spaces, commas nor quotes. Both mean the same key.
 */
export function parseIdempotencyKey(header: string | readonly string[]): IdempotencyKey {
  const text = typeof header === 'string' ? header : header.join(', ');
  const inQuotes = quoted.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, '$1');
  const key = inQuotes ?? (bare.test(text) ? text : undefined);
  if (key !== undefined && key !== '' && key.length <= maxCharacters) return { kind: 'key', key };
  const fault =
    text === '' || key === ''
      ? 'is empty'
      : key === undefined
        ? 'cannot be read'
        : `has more than ${maxCharacters} characters`;
  return {
    kind: 'malformed',
    detail: `The Idempotency-Key header ${fault}; send one key of 1 to ${maxCharacters} printable ASCII characters, in quotes if it holds spaces or commas, such as a UUID.`,
  };
}
