import { isJsonObject, type JsonObject } from '../../src/index.ts';
import type { Reply, Session } from './session.ts';
import type { WireLine } from './wire-event.ts';

/** A tool as the server listed it, with a name that is at least a string. */
export interface ListedTool {
  readonly name: string;
  readonly source: JsonObject;
}

/** One page of `tools/list`. */
export interface ToolPage {
  readonly tools: readonly ListedTool[];
  readonly nextCursor: string | undefined;
  readonly cursor: string | undefined;
  readonly line: WireLine;
}

/** How a walk over the pages ended. */
export type Listing = {
  readonly pages: readonly ToolPage[];
  readonly end:
    | { readonly kind: 'complete' }
    /** A cursor came a second time: the walk would never end. */
    | { readonly kind: 'loop'; readonly cursor: string }
    | { readonly kind: 'failed'; readonly cursor: string | undefined; readonly reply: Reply }
    | { readonly kind: 'too-long' };
};

const MAX_PAGES = 1_000;

/** Asks for one page (MCP server/utilities/pagination). */
export async function listPage(session: Session, cursor?: string): Promise<ToolPage | Reply> {
  const reply = await session.request('tools/list', cursor === undefined ? undefined : { cursor });
  if (reply.kind !== 'result' || !isJsonObject(reply.result)) return reply;
  const { tools, nextCursor } = reply.result;
  if (!Array.isArray(tools)) return reply;
  return {
    tools: tools.filter(isJsonObject).flatMap((source) => toListed(source)),
    nextCursor: typeof nextCursor === 'string' ? nextCursor : undefined,
    cursor,
    line: reply.line,
  };
}

/** Walks over all pages. */
export async function listTools(session: Session): Promise<Listing> {
  const pages: ToolPage[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  while (pages.length < MAX_PAGES) {
    const page = await listPage(session, cursor);
    if (!('tools' in page)) return { pages, end: { kind: 'failed', cursor, reply: page } };
    pages.push(page);
    if (page.nextCursor === undefined) return { pages, end: { kind: 'complete' } };
    cursor = page.nextCursor;
    if (seen.has(cursor)) return { pages, end: { kind: 'loop', cursor } };
    seen.add(cursor);
  }
  return { pages, end: { kind: 'too-long' } };
}

/** The tools of all pages, each name once. */
export function toolsOf({ pages }: Listing): readonly ListedTool[] {
  const byName = new Map<string, ListedTool>();
  for (const tool of pages.flatMap((page) => page.tools)) {
    if (!byName.has(tool.name)) byName.set(tool.name, tool);
  }
  return [...byName.values()];
}

/** True when the tool says that it changes nothing (MCP schema, ToolAnnotations). */
export function isReadOnly({ source }: ListedTool): boolean {
  const { annotations } = source;
  return isJsonObject(annotations) && annotations['readOnlyHint'] === true;
}

function toListed(source: JsonObject): readonly ListedTool[] {
  return typeof source['name'] === 'string' ? [{ name: source['name'], source }] : [];
}
