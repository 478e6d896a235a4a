import { toHeaderText } from '../header-text.ts';
import type { CallOrigin } from '../upstream.ts';
import { readTrait, toTrait, type UserTrait } from './user-trait.ts';

/** Values of a configuration: environment variables or headers, by name. */
type Values = Readonly<Record<string, string>>;

/**
 * Puts what a request says of its user where the configuration asks for it: `${header:x-user-id}`, `${claim:email}`,
 * `${key:name}`, or `${header:x-user-id:-default}` for what is missing or empty; without a default that is ''.
 *
 * Names of headers are compared without case, a header that was sent several times has its values joined with commas
 * (RFC 9110 section 5.3), and what would end a line or a text early (CR, LF, NUL) is left out of them. Claims that cannot
 * stand in a text count as missing: no session is begun with them (`session-key.ts`).
 *
 * @param origin undefined where there is no user: everything is missing
 * @param use `text` is for environment variables; `header` gives the bytes of UTF-8, one a character. @default 'text'
 * @example expandTemplates({ USER: '${header:x-user-id:-nobody}' }, { headers: { 'x-user-id': 'ada' } }) // { USER: 'ada' }
 */
export function expandTemplates(
  values: Values,
  origin: CallOrigin | undefined,
  use: 'text' | 'header' = 'text',
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      value.replaceAll(template, (whole: string, scheme: string, name: string, fallback = '') => {
        const trait = toTrait(scheme, name);
        if (trait === undefined) return whole;
        const text = origin === undefined ? '' : toText(trait, origin, use);
        return text === '' ? fallback : text;
      }),
    ]),
  );
}

/** What templates in `values` ask for, each once. */
export function templateTraits(values: Values): readonly UserTrait[] {
  const found = new Map<string, UserTrait>();
  for (const value of Object.values(values)) {
    for (const [, scheme = '', name = ''] of value.matchAll(template)) {
      const trait = toTrait(scheme, name);
      if (trait !== undefined) found.set(JSON.stringify(trait), trait);
    }
  }
  return [...found.values()];
}

/** What every template begins with. */
export const templateStart: RegExp = /\$\{(?:header|claim|key):(?!-)/gi;

/** `${header:…}` (a token, RFC 9110 section 5.6.2), `${claim:…}` or `${key:name}`, each perhaps with `:-` and a default. */
const template = /\$\{(header|claim|key):(?!-)([^}]+?)(?::-([^}]*))?\}/gi;

function toText(trait: UserTrait, origin: CallOrigin, use: 'text' | 'header'): string {
  const read = readTrait(trait, origin);
  if (read.kind !== 'value') return '';
  const text = String(read.value);
  // A header is in bytes already, a claim is not yet.
  if (trait.kind !== 'header') return use === 'text' ? text : Buffer.from(text).toString('latin1');
  const sent = text.replaceAll(/[\r\n\0]/g, '');
  return use === 'text' ? toHeaderText(sent) : sent;
}
