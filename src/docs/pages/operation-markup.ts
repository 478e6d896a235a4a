import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { markup, type Markup } from '../html/markup.ts';
import type { SiteTool } from '../site/site-tool.ts';
import { toArgumentRows } from './argument-rows.ts';
import { toFragment } from './operation-anchor.ts';
import { follow } from './references.ts';
import { toRuns } from './shown-text.ts';

/** What an operation is shown with. */
export interface OperationScene {
  readonly document: JsonObject;
  readonly id: string;
  /** The same operation with its code samples. */
  readonly shown: JsonObject;
  readonly markdown: string;
  /** Of a description that is shown; the rest is in the document. */
  readonly maxDescription: number;
  /** Whether arguments and answers are told, or only where they are told. */
  readonly isFull: boolean;
  /** Where they are told, if not here. */
  readonly fullHref?: string | undefined;
}

/** An operation for everybody who has no Redoc: before it is there, instead of it, and for who reads the page's text. */
export function toOperation(tool: SiteTool, scene: OperationScene): Markup {
  const { id, markdown, isFull, fullHref, maxDescription } = scene;
  const { name, method, path, summary, description } = tool;
  const more = description.length > maxDescription ? '…' : '';
  return markup`<article id="${id}">
<h3><a class="self" href="#${toFragment(id)}"><bdi>${summary}</bdi></a>${toBadge(tool)}</h3>
<p class="call"><span class="method">${method.toUpperCase()}</span> <code>${path}</code>${
    name === summary ? undefined : markup` <span class="soft">tool <code>${name}</code></span>`
  }</p>
${toText(description.slice(0, maxDescription) + more)}${isFull ? toDetails(tool, scene) : undefined}<p class="also">${
    fullHref === undefined
      ? undefined
      : markup`<a href="${fullHref}" aria-label="Arguments and answers of ${name}">Arguments and answers</a> `
  }<a href="${markdown}" aria-label="Markdown of ${name}">Markdown</a></p>
</article>
`;
}

/** A text of a server's, as text, with its `code` as code. */
export function toText(description: string): Markup | undefined {
  if (description.trim() === '') return undefined;
  const runs = toRuns(description).map(({ isCode, text }) =>
    isCode ? markup`<code>${text}</code>` : markup`${text}`,
  );
  return markup`<p class="text" dir="auto">${runs}</p>
`;
}

function toBadge({ operation }: SiteTool): Markup | undefined {
  const hints = operation['x-mcp-annotations'];
  if (!isJsonObject(hints)) return undefined;
  if (hints['readOnlyHint'] === true) return markup` <span class="badge">read-only</span>`;
  return hints['destructiveHint'] === true ? markup` <span class="badge warn">may destroy</span>` : undefined;
}

function toDetails(tool: SiteTool, { document, shown }: OperationScene): Markup {
  const { operation, name } = tool;
  const parameters = toParameters(document, operation['parameters']);
  const schema = schemaIn(follow(document, operation['requestBody']));
  const answer = schemaIn(follow(document, responsesOf(operation)['200']));
  return markup`${toTable(document, schema, `Arguments of ${name}`, 'Arguments')}${parameters}${toTable(document, answer, `What ${name} answers`, 'Answer')}${toResponses(document, operation)}${toSample(shown)}`;
}

function toTable(
  document: JsonObject,
  schema: JsonValue | undefined,
  label: string,
  title: string,
): Markup | undefined {
  const rows = toArgumentRows(document, schema);
  if (rows.length === 0) {
    return title === 'Arguments'
      ? markup`<p class="soft">It takes no named arguments.</p>
`
      : undefined;
  }
  return markup`<h4>${title}</h4>
<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Description</th></tr></thead>
<tbody>
${rows.map(
  (row) =>
    markup`<tr><th scope="row"><code>${row.name}</code>${
      row.isRequired ? markup` <span class="required">required</span>` : undefined
    }</th><td>${row.type}</td><td>${toText(row.description)}${row.constraints.map((text) => markup`<span class="limit">${text}</span> `)}</td></tr>
`,
)}</tbody></table></div>
`;
}

function toParameters(document: JsonObject, parameters: JsonValue | undefined): Markup | undefined {
  const list: readonly JsonValue[] = Array.isArray(parameters) ? parameters : [];
  const items = list.map((value) => follow(document, value)).filter((item) => item !== undefined);
  if (items.length === 0) return undefined;
  return markup`<h4>Parameters</h4>
<ul class="plain">
${items.map(
  (item) =>
    markup`<li><code>${textIn(item, 'name')}</code> <span class="soft">${textIn(item, 'in')}</span>${
      typeof item['description'] === 'string' ? toText(item['description']) : undefined
    }</li>
`,
)}</ul>
`;
}

/** The tool's own answers in words; what all tools answer when something fails is told once, at the page's end. */
function toResponses(document: JsonObject, operation: JsonObject): Markup {
  const responses = Object.entries(responsesOf(operation));
  const good = responses.filter(([status]) => /^[123]/.test(status));
  const bad = responses.filter(([status]) => !/^[123]/.test(status)).map(([status]) => status);
  return markup`<h4>Answers</h4>
<dl class="answers">
${good.map(
  ([
    status,
    response,
  ]) => markup`<dt><code>${status}</code></dt><dd>${toText(describe(document, response))}</dd>
`,
)}</dl>
${
  bad.length === 0
    ? undefined
    : markup`<p class="soft">When it fails: <a href="#errors">${bad.join(', ')}</a>.</p>
`
}`;
}

function toSample(shown: JsonObject): Markup | undefined {
  const samples: readonly JsonValue[] = Array.isArray(shown['x-codeSamples']) ? shown['x-codeSamples'] : [];
  const [first] = samples;
  if (!isJsonObject(first) || typeof first['source'] !== 'string') return undefined;
  const label = textIn(first, 'label') || textIn(first, 'lang');
  return markup`<h4>Call it with ${label}</h4>
<pre tabindex="0"><code>${first['source'].slice(0, 20_000)}</code></pre>
`;
}

/** What each status means, once for a page. */
export function toErrors(document: JsonObject, tools: readonly SiteTool[]): Markup | undefined {
  const meanings = new Map<string, string>();
  for (const { operation } of tools) {
    for (const [status, response] of Object.entries(responsesOf(operation))) {
      if (!/^[123]/.test(status) && !meanings.has(status)) meanings.set(status, describe(document, response));
    }
  }
  if (meanings.size === 0) return undefined;
  const rows = [...meanings].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return markup`<section id="errors"><h2>When a call fails</h2>
<dl class="answers">
${rows.map(
  ([status, text]) => markup`<dt><code>${status}</code></dt><dd>${toText(text)}</dd>
`,
)}</dl></section>
`;
}

function describe(document: JsonObject, response: JsonValue | undefined): string {
  const text = follow(document, response)?.['description'];
  return typeof text === 'string' ? text.slice(0, 2_000) : '';
}

function textIn(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

function responsesOf({ responses }: JsonObject): JsonObject {
  return isJsonObject(responses) ? responses : {};
}

function schemaIn(holder: JsonObject | undefined): JsonValue | undefined {
  const content = holder?.['content'];
  if (!isJsonObject(content)) return undefined;
  const [first] = Object.values(content);
  const type = content['application/json'] ?? first;
  return isJsonObject(type) ? type['schema'] : undefined;
}
