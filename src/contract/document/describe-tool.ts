import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { Tool } from '../../tool.ts';

/**
 * The tool's annotations that are JSON scalars (MCP schema, ToolAnnotations): the title and the four hints, and what
 * later revisions add in their manner.
 */
export function toAnnotations(annotations: unknown): JsonObject | undefined {
  if (!isJsonObject(annotations)) return undefined;
  const entries = Object.entries(annotations).filter(([, value]) => isScalar(value));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** `summary`: the tool's title (MCP schema, Tool: title, then annotations.title), else its name in words. */
export function toSummary(tool: Tool, annotations: JsonObject | undefined): string {
  const title = tool.title ?? annotations?.['title'];
  if (typeof title === 'string' && title.trim() !== '') return title;
  return humanize(tool.name);
}

/**
 * `description`: what the server says, and what the hints promise, in words for those who read only this.
 *
 * A hint that is not given is not spoken for: the defaults of ToolAnnotations are a client's worst case, no statement.
 */
export function toDescription(tool: Tool, annotations: JsonObject | undefined): string | undefined {
  const paragraphs = [tool.description ?? '', toWords(annotations)].filter((text) => text.trim() !== '');
  return paragraphs.length === 0 ? undefined : paragraphs.join('\n\n');
}

function toWords(annotations: JsonObject | undefined): string {
  if (annotations === undefined) return '';
  // The other hints are meaningful only when the tool is not read-only.
  if (annotations['readOnlyHint'] === true) return 'Read-only: it changes nothing.';
  const words: string[] = [];
  if (annotations['destructiveHint'] === true) words.push('Destructive: it may overwrite or delete.');
  if (annotations['idempotentHint'] === true) {
    words.push('Idempotent: the same call again has no further effect.');
  }
  return words.join(' ');
}

function humanize(name: string): string {
  const words = name
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .split(/[\s_./-]+/u)
    .filter((word) => word !== '')
    .map((word) => (/^\p{Lu}\p{Ll}+$/u.test(word) ? word.toLowerCase() : word));
  const text = words.join(' ');
  return text === '' ? name : text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}

function isScalar(value: JsonValue): boolean {
  return typeof value !== 'object' || value === null;
}
