import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { SiteTool } from '../site/site-tool.ts';
import { toSlugs } from '../site/slugs.ts';

/** Where the operations of one document are on its Redoc page. */
export interface Anchors {
  /** The id that Redoc gives an operation, and our own page before it. */
  of(tool: Pick<SiteTool, 'operation' | 'operationId'>): string;
  /** What Redoc is to take for an operation's tag; undefined when it has none. */
  tagOf(operation: JsonObject): string | undefined;
  /** The tags in their order: what Redoc is to call them, and what they are called. */
  readonly tags: ReadonlyArray<{ readonly slug: string; readonly name: string }>;
}

/** Redoc makes ids of tags' names by rules of its own; of a slug it makes the slug. */
export function createAnchors(document: JsonObject, tools: readonly SiteTool[]): Anchors {
  const declared: readonly JsonValue[] = Array.isArray(document['tags']) ? document['tags'] : [];
  const used = new Set(tools.flatMap(({ operation }) => firstTag(operation) ?? []));
  const told = declared.flatMap((tag) =>
    isJsonObject(tag) && typeof tag['name'] === 'string' ? tag['name'] : [],
  );
  const all = [...new Set([...told, ...used])].filter((name) => used.has(name));
  // One tag for everything sorts nothing.
  const names = all.length > 1 ? all : [];
  const slugs = toSlugs(names);
  const tagOf = (operation: JsonObject): string | undefined => slugs.get(firstTag(operation) ?? '');
  return {
    tagOf,
    tags: names.map((name) => ({ name, slug: slugs.get(name) ?? name })),
    of({ operation, operationId }) {
      const slug = tagOf(operation);
      const id = `operation/${operationId}`;
      return slug === undefined ? id : `tag/${slug}/${id}`;
    },
  };
}

/** The address of an id: what it may not hold is percent-encoded (RFC 3986, 3.5), which browsers and Redoc undo. */
export function toFragment(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/');
}

/** Redoc draws an operation once for each tag; a page that links to it needs one place. */
function firstTag({ tags }: JsonObject): string | undefined {
  const [first] = Array.isArray(tags) ? tags : [];
  return typeof first === 'string' && first !== '' ? first : undefined;
}
