import { isJsonObject, type JsonValue } from '../../json/value.ts';
import type { SiteTool } from '../site/site-tool.ts';
import { nameReordering, toOneLine } from './shown-text.ts';

/** Of a description that is searched: what is beyond helps nobody to find the tool. */
const maxSearched = 600;
const maxNames = 60;
const maxNameLength = 80;

/** A script with what the search knows of each tool; the index itself is made in the browser, when somebody searches. */
export function toSearchScript(tools: readonly SiteTool[], hrefOf: (tool: SiteTool) => string): string {
  const entries = tools.map((tool) => ({
    name: nameReordering(tool.name),
    server: nameReordering(tool.server),
    href: hrefOf(tool),
    summary: tool.summary.slice(0, maxSearched),
    line: toOneLine(tool.description || tool.summary, 160),
    description: tool.description.slice(0, maxSearched),
    parameters: toArgumentNames(tool).join(' '),
  }));
  return `globalThis.siteTools = JSON.parse(${JSON.stringify(JSON.stringify(entries))});\n`;
}

function toArgumentNames({ operation }: SiteTool): readonly string[] {
  const body = operation['requestBody'];
  const content = isJsonObject(body) && isJsonObject(body['content']) ? body['content'] : {};
  const names = Object.values(content).flatMap((type) =>
    isJsonObject(type) ? namesIn(type['schema'], 0) : [],
  );
  return [...new Set(names)].slice(0, maxNames).map((name) => name.slice(0, maxNameLength));
}

function namesIn(schema: JsonValue | undefined, depth: number): readonly string[] {
  if (!isJsonObject(schema) || !isJsonObject(schema['properties']) || depth > 2) return [];
  return Object.entries(schema['properties'])
    .slice(0, maxNames)
    .flatMap(([name, member]) => [name, ...namesIn(member, depth + 1)]);
}
