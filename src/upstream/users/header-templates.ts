import { toHeaderText } from '../header-text.ts';
import type { RequestHeaders } from '../upstream.ts';

/** Values of a configuration: environment variables or headers, by name. */
type Values = Readonly<Record<string, string>>;

/**
 * Puts values of the caller's request headers where the configuration names them: `${header:x-user-id}`, or
 * `${header:x-user-id:-default}` for one that is missing or empty; without a default that is ''. Names are compared
 * without case, a header that was sent several times has its values joined with commas (RFC 9110 section 5.3), and
 * what would end a line or a text early (CR, LF, NUL) is left out.
 *
 * @param headers undefined where there is no caller: every header is missing
 * @param use `text` reads values as UTF-8, for environment variables; `header` keeps their bytes. @default 'text'
 * @example expandHeaderTemplates({ USER: '${header:x-user-id:-nobody}' }, { 'x-user-id': 'ada' }) // { USER: 'ada' }
 */
export function expandHeaderTemplates(
  values: Values,
  headers: RequestHeaders | undefined,
  use: 'text' | 'header' = 'text',
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      value.replaceAll(template, (_, name: string, fallback = '') => {
        const sent = headerValue(headers, name).replaceAll(/[\r\n\0]/g, '');
        if (sent === '') return fallback;
        return use === 'text' ? toHeaderText(sent) : sent;
      }),
    ]),
  );
}

/** The names of the headers that templates in `values` ask for, in lower case, each once. */
export function templateHeaderNames(values: Values): readonly string[] {
  const names = Object.values(values)
    .flatMap((value) => [...value.matchAll(template)])
    .map((match) => (match[1] ?? '').toLowerCase());
  return [...new Set(names)];
}

/** The value of a header as one text, '' when it was not sent. */
export function headerValue(headers: RequestHeaders | undefined, name: string): string {
  const lowerCase = name.toLowerCase();
  if (headers === undefined || !Object.hasOwn(headers, lowerCase)) return '';
  const value = headers[lowerCase] ?? '';
  return typeof value === 'string' ? value : value.join(', ');
}

/** `${header:NAME}` or `${header:NAME:-DEFAULT}`; NAME is a token (RFC 9110 section 5.6.2). */
const template = /\$\{header:([\w!#$%&'*+.^`|~-]+)(?::-([^}]*))?\}/gi;
