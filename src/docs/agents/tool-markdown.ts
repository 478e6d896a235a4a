import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { shorten, toCodeSpan, toFenced, toInline } from '../markdown/markdown-text.ts';
import { toCurl } from '../samples/curl.ts';
import { followReference } from '../samples/follow-reference.ts';
import { toMcpCall } from '../samples/mcp-call.ts';
import { toSampleCall, type SampleCall } from '../samples/sample-call.ts';
import type { SiteContext } from '../site/site-context.ts';
import { toHref, toPublicUrl } from '../site/site-links.ts';
import type { SiteTool } from '../site/site-tool.ts';
import type { PublishedDocument } from '../site/site.ts';
import { toArgumentTable } from './argument-table.ts';
import { toSelfContainedSchema } from './self-contained-schema.ts';

/** An agent's context is small; whoever wants more has the document. */
const maxDescriptionLength = 20_000;
const maxSchemaLength = 64_000;

/**
 * A page of Markdown that tells an agent, or a programmer, all it takes to call one tool: what it does, how to call it, its
 * arguments, results and errors. What the server says of the tool stands in fences or is escaped: text, never structure.
 *
 * @param published the document that holds what the tool's operation references
 */
export function renderToolMarkdown(
  tool: SiteTool,
  context: SiteContext,
  { document, server }: PublishedDocument,
): string {
  const call = toSampleCall(document, tool, context.options);
  const documentLink = toLink(context, context.map.markdownOf(tool), context.map.documentOf(server, 'json'));
  const parts = [
    `# ${toCodeSpan(shorten(tool.name, 300))}`,
    toFacts(tool, call),
    ...toDescription(tool, documentLink),
    ...toArguments(tool, document, documentLink),
    ...toCalls(call),
    ...toResults(tool, document, documentLink),
    ...toErrors(tool, document),
  ];
  return `${parts.join('\n\n')}\n`;
}

function toFacts(tool: SiteTool, { method, url }: SampleCall): string {
  const facts = [
    `- Title: ${toInline(shorten(tool.summary, 300))}`,
    ...(tool.server === '' ? [] : [`- Server: ${toCodeSpan(tool.server)}`]),
    `- Call: ${toCodeSpan(`${method} ${url}`)}`,
    ...toHints(tool.operation['x-mcp-annotations']).map((hint) => `- ${hint}`),
  ];
  return facts.join('\n');
}

/** What the four hints mean (MCP schema, ToolAnnotations); a hint that is not given says nothing. */
function toHints(annotations: JsonValue | undefined): readonly string[] {
  if (!isJsonObject(annotations)) return [];
  const said = (name: string, yes: string, no: string): readonly string[] => {
    const value = annotations[name];
    return typeof value === 'boolean' ? [value ? yes : no] : [];
  };
  const isReadOnly = annotations['readOnlyHint'] === true;
  return [
    ...said('readOnlyHint', 'Read-only: it changes nothing', 'Not read-only: it may change things'),
    // These two have a meaning only where something is changed.
    ...(isReadOnly
      ? []
      : [
          ...said(
            'destructiveHint',
            'Destructive: it may overwrite or delete',
            'Not destructive: it only adds',
          ),
          ...said(
            'idempotentHint',
            'Idempotent: the same call again has no further effect',
            'Not idempotent: the same call again may have a further effect',
          ),
        ]),
    ...said(
      'openWorldHint',
      'Open world: it reaches beyond its server',
      'Closed world: it stays within its server',
    ),
  ].map((hint) => `${hint} (the server says so)`);
}

function toDescription({ description }: SiteTool, documentLink: string): readonly string[] {
  if (description.trim() === '') return [];
  const rest = description.length - maxDescriptionLength;
  const more = rest > 0 ? [`${rest} more characters are in the ${documentLink}.`] : [];
  return ['## What it does', toFenced(shorten(description, maxDescriptionLength), 'text'), ...more];
}

function toArguments({ operation }: SiteTool, document: JsonObject, documentLink: string): readonly string[] {
  const body = followReference(document, operation['requestBody']);
  const schema = schemaIn(body);
  if (schema === undefined) return [];
  const needed =
    body['required'] === true
      ? 'A JSON object as the body of the request.'
      : 'A JSON object as the body of the request; without arguments it may be left out.';
  const table = toArgumentTable(document, schema);
  return [
    '## Arguments',
    needed,
    ...(table === undefined ? [] : [table]),
    toSchemaBlock(document, schema, documentLink),
  ];
}

function toSchemaBlock(document: JsonObject, schema: JsonObject, documentLink: string): string {
  const whole = toSelfContainedSchema(document, schema);
  const text = whole === undefined ? undefined : JSON.stringify(whole, null, 2);
  if (text === undefined || text.length > maxSchemaLength)
    return `Their JSON Schema is too long for this page: see the ${documentLink}.`;
  return `JSON Schema (2020-12):\n\n${toFenced(text, 'json')}`;
}

function toCalls(call: SampleCall): readonly string[] {
  const variables = [...new Set(call.credentials.map(({ variable }) => variable))];
  const [mcp] = toMcpCall(call);
  return [
    '## How to call it',
    ...(variables.length === 0
      ? []
      : [`Credentials are needed; below they are in ${variables.map(toCodeSpan).join(' and ')}.`]),
    toFenced(toCurl(call).source, 'sh'),
    ...(mcp === undefined ? [] : ['The same as a message to the MCP server:', toFenced(mcp.source, 'json')]),
  ];
}

function toResults({ operation }: SiteTool, document: JsonObject, documentLink: string): readonly string[] {
  const success = answersOf(operation).find(([status]) => status.startsWith('2'));
  if (success === undefined) return [];
  const answer = followReference(document, success[1]);
  const schema = schemaIn(answer);
  return [
    '## Result',
    `Status ${toInline(success[0])}: ${toAnswerWords(answer)}`,
    ...(schema === undefined || Object.keys(schema).length === 0
      ? []
      : [toSchemaBlock(document, schema, documentLink)]),
  ];
}

function toErrors({ operation }: SiteTool, document: JsonObject): readonly string[] {
  const failures = answersOf(operation).filter(([status]) => !/^[123]/.test(status));
  if (failures.length === 0) return [];
  const isOurs = operation['x-mcp-tool'] !== undefined;
  const rows = failures
    .slice(0, 50)
    .map(
      ([status, answer]) => `| ${toInline(status)} | ${toAnswerWords(followReference(document, answer))} |`,
    );
  return [
    '## Errors',
    ...(isOurs
      ? ['`application/problem+json` (RFC 9457): `code` is for programs, `detail` says what to do.']
      : []),
    ['| status | meaning |', '| --- | --- |', ...rows].join('\n'),
  ];
}

function answersOf({ responses }: JsonObject): readonly (readonly [string, JsonValue])[] {
  return isJsonObject(responses) ? Object.entries(responses) : [];
}

function toAnswerWords({ description }: JsonObject): string {
  const words = typeof description === 'string' ? description.trim().replaceAll(/\s+/g, ' ') : '';
  return toInline(shorten(words, 500));
}

function schemaIn({ content }: JsonObject): JsonObject | undefined {
  const media = isJsonObject(content) ? content['application/json'] : undefined;
  const schema = isJsonObject(media) ? media['schema'] : undefined;
  return isJsonObject(schema) ? schema : undefined;
}

function toLink({ options }: SiteContext, from: string, to: string): string {
  const href = options.baseUrl === undefined ? toHref(from, to) : toPublicUrl(options.baseUrl, to);
  return `[OpenAPI document](${href})`;
}
