import { isCredential, type RestRequest } from './rest-client.ts';

/** A shell refuses words that are much longer. */
const MAX_BODY_CHARACTERS = 20_000;

/** The request as a command for a POSIX shell, with credentials in variables; undefined when it is too long for one. */
export function toCurl(
  { method, url, body, contentType = 'application/json', credentials = 'right' }: RestRequest,
  headers: Readonly<Record<string, string>>,
): string | undefined {
  if (body !== undefined && body.length > MAX_BODY_CHARACTERS) return undefined;
  const words = ['curl', '-i', '-X', method, quote(url)];
  for (const [name, value] of Object.entries(headers)) {
    if (!isCredential(name)) words.push('-H', quote(`${name}: ${value}`));
    else if (credentials === 'right') words.push('-H', `"${name}: ${toVariable(value)}"`);
    else if (credentials === 'wrong') words.push('-H', quote(`${name}: Bearer wrong`));
  }
  if (body !== undefined) words.push('-H', quote(`content-type: ${contentType}`), '--data-raw', quote(body));
  return words.join(' ');
}

/** `Bearer abc` becomes `Bearer $MCPO_API_KEY`. */
function toVariable(value: string): string {
  const [, scheme = ''] = /^(Bearer |Basic )?/i.exec(value) ?? [];
  return `${scheme}$MCPO_API_KEY`;
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
