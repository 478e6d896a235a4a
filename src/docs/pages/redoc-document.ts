import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { SiteTool } from '../site/site-tool.ts';
import type { Anchors } from './operation-anchor.ts';
import { toShowableDocument } from './showable-document.ts';
import { nameReordering } from './shown-text.ts';

/** What Redoc draws on a page of the site: safe to draw, and with the ids that the site's links name. */
export function toRedocDocument(
  document: JsonObject,
  tools: readonly SiteTool[],
  anchors: Anchors,
): JsonObject {
  const shown = toShowableDocument(document);
  const shownTags: readonly JsonValue[] = Array.isArray(shown['tags']) ? shown['tags'] : [];
  const paths = isJsonObject(shown['paths']) ? { ...shown['paths'] } : {};
  for (const tool of tools) {
    const item = paths[tool.path];
    const operation = isJsonObject(item) ? item[tool.method] : undefined;
    if (!isJsonObject(item) || !isJsonObject(operation)) continue;
    const { tags: _tags, ...rest } = operation;
    const slug = anchors.tagOf(tool.operation);
    const placed = {
      ...rest,
      operationId: tool.operationId,
      summary: nameReordering(tool.summary),
      ...(slug !== undefined && { tags: [slug] }),
    };
    paths[tool.path] = { ...item, [tool.method]: placed };
  }
  const tags = anchors.tags.map(({ slug, name }) => ({
    ...shownTags.filter(isJsonObject).find((tag) => tag['name'] === name),
    name: slug,
    'x-displayName': nameReordering(name),
  }));
  return { ...shown, paths, ...(tags.length > 0 && { tags }) };
}

/** A script that gives the page its document: a page in a folder may not fetch one. */
export function toDocumentScript(document: JsonObject): string {
  // As a text that is parsed: faster than an expression, and `__proto__` is a name like others.
  return `globalThis.shownDocument = JSON.parse(${JSON.stringify(JSON.stringify(document))});\n`;
}
