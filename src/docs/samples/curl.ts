import type { CodeSample } from './code-sample.ts';
import type { Credential } from './credential.ts';
import { json, toLiteral } from './literal.ts';
import type { SampleCall } from './sample-call.ts';

/** The call for a POSIX shell. */
export function toCurl({ method, url, body, credentials }: SampleCall): CodeSample {
  const query = credentials.filter(({ kind }) => kind === 'query').map(toQuery);
  const words = [
    `curl ${toMethod(method)}${toWord(url)}${query.length === 0 ? '' : `"?${query.join('&')}"`}`,
    ...credentials.flatMap(toOption),
    ...(body === undefined
      ? []
      : [`--header 'Content-Type: application/json'`, `--data-raw ${quote(toLiteral(body, json))}`]),
  ];
  return { lang: 'Shell', label: 'curl', source: words.join(' \\\n  ') };
}

/** curl waits for a body where HEAD is only named. */
function toMethod(method: string): string {
  if (method === 'GET') return '';
  return method === 'HEAD' ? '--head ' : `--request ${toWord(method)} `;
}

/** Names of headers and variables are letters, digits, dots, dashes and low lines: safe between these quotes. */
function toOption(credential: Credential): readonly string[] {
  switch (credential.kind) {
    case 'header':
      return [`--header "${credential.name}: ${credential.prefix}$${credential.variable}"`];
    case 'basic':
      return [`--user "mcpo:$${credential.variable}"`];
    case 'query':
      return [];
  }
}

function toQuery(credential: Credential): string {
  return credential.kind === 'query' ? `${credential.name}=$${credential.variable}` : '';
}

function toWord(text: string): string {
  return /^[\w.,:/@%+=-]+$/.test(text) ? text : quote(text);
}

/** Within single quotes nothing is special, and no quote can stand (POSIX.1-2024, Shell Command Language, section 2.2.2). */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
