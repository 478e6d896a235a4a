import type { CodeSample } from './code-sample.ts';
import type { Credential } from './credential.ts';
import { python, toLiteral } from './literal.ts';
import type { SampleCall } from './sample-call.ts';

const functions = new Set(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS']);

/**
 * The call with `requests`, which most readers know and have; httpx takes the same arguments.
 *
 * It has no deadline of its own, so the sample gives one.
 */
export function toPython({ method, url, body, credentials }: SampleCall): CodeSample {
  const call = functions.has(method)
    ? [`requests.${method.toLowerCase()}(`]
    : ['requests.request(', `    ${python.toText(method)},`];
  const lines = [
    ...(credentials.length === 0 ? [] : ['import os', '']),
    'import requests',
    '',
    `response = ${call.join('\n')}`,
    `    ${python.toText(url)},`,
    ...toArguments(credentials).map((line) => `    ${line},`),
    ...(body === undefined ? [] : [`    json=${toLiteral(body, python, 1)},`]),
    '    timeout=60,',
    ')',
    'response.raise_for_status()',
    'print(response.json())',
  ];
  return { lang: 'Python', label: 'Python', source: lines.join('\n') };
}

function toArguments(credentials: readonly Credential[]): readonly string[] {
  const parts: Record<Credential['kind'], string[]> = { header: [], basic: [], query: [] };
  for (const credential of credentials) {
    const secret = `os.environ["${credential.variable}"]`;
    if (credential.kind === 'basic') parts.basic.push(`auth=("mcpo", ${secret})`);
    else if (credential.kind === 'query') parts.query.push(`${python.toText(credential.name)}: ${secret}`);
    else {
      const prefix = credential.prefix === '' ? '' : `${python.toText(credential.prefix)} + `;
      parts.header.push(`${python.toText(credential.name)}: ${prefix}${secret}`);
    }
  }
  return [
    ...(parts.header.length === 0 ? [] : [`headers={${parts.header.join(', ')}}`]),
    ...(parts.query.length === 0 ? [] : [`params={${parts.query.join(', ')}}`]),
    ...parts.basic.slice(0, 1),
  ];
}
