import type { CodeSample } from './code-sample.ts';
import { toScriptHeaders } from './fetch.ts';
import { script, toLiteral } from './literal.ts';
import type { SampleCall } from './sample-call.ts';

/**
 * The call with a client whose types are generated from the document (openapi-typescript, openapi-fetch).
 *
 * A tool can answer in several media types; the client is told of the two that it asks for, so results and problems
 * have the types of those.
 */
export function toOpenapiFetch({
  method,
  baseUrl,
  path,
  pathValues,
  body,
  credentials,
  tool,
}: SampleCall): CodeSample {
  const media = tool === undefined ? '' : ', "application/json" | "application/problem+json"';
  const headers = toScriptHeaders(credentials);
  const query = credentials.filter(({ kind }) => kind === 'query');
  const values = [
    ...(Object.keys(pathValues).length === 0 ? [] : [`path: ${toLiteral(pathValues, script, 2)}`]),
    ...(query.length === 0
      ? []
      : [
          `query: { ${query.map((found) => (found.kind === 'query' ? `${script.toKey(found.name)}: process.env.${found.variable}` : '')).join(', ')} }`,
        ]),
  ];
  const options = [
    ...(values.length === 0 ? [] : [`  params: { ${values.join(', ')} },`]),
    ...(body === undefined ? [] : [`  body: ${toLiteral(body, script, 1)},`]),
  ];
  const lines = [
    '// npx openapi-typescript openapi.json --output openapi.d.ts',
    'import createClient from "openapi-fetch";',
    'import type { paths } from "./openapi.js";',
    '',
    `const client = createClient<paths${media}>({`,
    `  baseUrl: ${script.toText(baseUrl)},`,
    ...(headers.length === 0 ? [] : [`  headers: { ${headers.join(', ')} },`]),
    '});',
    ...(options.length === 0
      ? [`const { data, error } = await client.${method}(${script.toText(path)});`]
      : [`const { data, error } = await client.${method}(${script.toText(path)}, {`, ...options, '});']),
    `if (error) throw new Error(${tool === undefined ? 'JSON.stringify(error)' : 'error.detail'});`,
    'console.log(data);',
  ];
  return { lang: 'TypeScript', label: 'openapi-fetch', source: lines.join('\n') };
}
