import type { CodeSample } from './code-sample.ts';
import type { Credential } from './credential.ts';
import { script, toLiteral } from './literal.ts';
import type { SampleCall } from './sample-call.ts';

/** The call for Node.js, Deno or Bun: `fetch` is built in, and keys are in the environment. */
export function toFetch({ method, url, body, credentials }: SampleCall): CodeSample {
  const headers = [
    ...toScriptHeaders(credentials),
    ...(body === undefined ? [] : ['"Content-Type": "application/json"']),
  ];
  const lines = [
    `const response = await fetch(${toAddress(url, credentials)}, {`,
    `  method: ${script.toText(method)},`,
    ...(headers.length === 0 ? [] : ['  headers: {', ...headers.map((header) => `    ${header},`), '  },']),
    ...(body === undefined ? [] : [`  body: JSON.stringify(${toLiteral(body, script, 1)}),`]),
    '});',
    'const result = await response.json();',
    'if (!response.ok) throw new Error(`${response.status}: ${JSON.stringify(result)}`);',
    'console.log(result);',
  ];
  return { lang: 'JavaScript', label: 'JavaScript', source: lines.join('\n') };
}

/** `name: value` of each header that carries a secret. */
export function toScriptHeaders(credentials: readonly Credential[]): readonly string[] {
  return credentials.flatMap((credential) => {
    const secret = `\${process.env.${credential.variable}}`;
    switch (credential.kind) {
      case 'header':
        return [`${script.toKey(credential.name)}: \`${credential.prefix}${secret}\``];
      case 'basic':
        return [`Authorization: \`Basic \${btoa(\`mcpo:${secret}\`)}\``];
      case 'query':
        return [];
    }
  });
}

/** `+ "?key=" + …` after an address, for keys in the query. */
function toAddress(url: string, credentials: readonly Credential[]): string {
  const query = credentials.flatMap(({ variable, ...credential }) =>
    credential.kind === 'query' ? [`${credential.name}=\${process.env.${variable}}`] : [],
  );
  return `${script.toText(url)}${query.length === 0 ? '' : ` + \`?${query.join('&')}\``}`;
}
