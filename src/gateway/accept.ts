import Negotiator from 'negotiator';

/** Which form of a tool's result the caller wants. */
export type Preference =
  | { readonly kind: 'json' }
  /** The whole CallToolResult. */
  | { readonly kind: 'call_result' }
  /** Progress, then the result, as server-sent events. */
  | { readonly kind: 'event_stream' }
  /** The bytes of a single binary block, if its type is among `types` ('image/png', 'image/*'), else JSON. */
  | { readonly kind: 'binary'; readonly types: readonly string[] };

/** The media type of a whole CallToolResult. */
export const callResultMediaType = 'application/vnd.mcp.result+json';
/** The media type of server-sent events. */
export const eventStreamMediaType = 'text/event-stream';

const json: Preference = { kind: 'json' };

/**
 * Reads an Accept header (RFC 9110 section 12.5.1). Nothing acceptable means JSON all the same, never 406.
 *
 * Types are taken in the caller's order of preference up to the first that JSON satisfies, so
 * `application/json, image/png;q=0.5` is JSON, and the wildcard of all types never asks for bytes.
 */
export function parseAccept(accept: string | undefined): Preference {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return json;
  const binary: string[] = [];
  for (const type of new Negotiator({ headers: { accept: accept.toLowerCase() } }).mediaTypes()) {
    if (type === callResultMediaType)
      return binary.length > 0 ? { kind: 'binary', types: binary } : { kind: 'call_result' };
    if (type === eventStreamMediaType)
      return binary.length > 0 ? { kind: 'binary', types: binary } : { kind: 'event_stream' };
    if (type === '*/*' || type === 'application/*' || type === 'application/json') break;
    binary.push(type);
  }
  return binary.length > 0 ? { kind: 'binary', types: binary } : json;
}

/** True when a media type without parameters falls under one of the ranges. */
export function isNamedBy(types: readonly string[], mediaType: string): boolean {
  const wanted = mediaType.toLowerCase();
  return types.some((type) => {
    const range = type.toLowerCase();
    return range === wanted || (range.endsWith('/*') && wanted.startsWith(range.slice(0, -1)));
  });
}
