import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { own } from './own-property.ts';

/** A JSON Pointer extended by tokens, each escaped (RFC 6901 section 3). */
export function joinPointer(pointer: string, ...tokens: readonly (string | number)[]): string {
  return tokens.reduce<string>(
    (joined, token) => `${joined}/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`,
    pointer,
  );
}

/** The tokens of a JSON Pointer, unescaped: `~1` before `~0` (RFC 6901 section 4). */
export function parsePointer(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A URI fragment without its percent-encoding; as it stands when that is malformed (RFC 6901 section 6). */
export function decodeFragment(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** The member or item that one token names; undefined when there is none. */
export function step(value: JsonObject | readonly JsonValue[], token: string): JsonValue | undefined {
  if (isJsonObject(value)) return own(value, token);
  return /^(?:0|[1-9]\d*)$/.test(token) ? value[Number(token)] : undefined;
}
