import type { JsonObject, JsonValue } from '../../json/value.ts';
import { defaultDialect, isAtLeast, parseDialect, type Dialect } from './dialect.ts';
import { own } from './own-property.ts';
import { joinPointer } from './pointer.ts';
import { listSubschemas } from './subschemas.ts';
import { UnservableError } from './unservable.ts';

/** A schema with an identifier of its own, and what it names (2020-12 core, section 4.3.5). */
export interface Resource {
  /** Absolute, without fragment. */
  readonly uri: string;
  readonly root: JsonObject;
  readonly dialect: Dialect;
  /** Plain-name fragments, of `$anchor` and `$dynamicAnchor`; of `$id: "#name"` up to draft-07. */
  readonly anchors: Map<string, JsonObject>;
  /** Those of `$dynamicAnchor`; under {@link recursiveAnchor}, the root when `$recursiveAnchor` is true. */
  readonly dynamicAnchors: Map<string, JsonObject>;
}

/** Where a schema object stands. */
export interface Location {
  /** '' for the tool's schema, else the bundled document's URI. */
  readonly document: string;
  /** JSON Pointer into that document. */
  readonly pointer: string;
  readonly resource: Resource;
}

/** What is known of every schema object; a place is known by its object's identity. */
export interface SchemaIndex {
  readonly resources: Map<string, Resource>;
  /** Identifiers that several schemas claim. */
  readonly ambiguous: Set<string>;
  readonly locations: Map<JsonObject, Location>;
}

/** Stands for `$recursiveAnchor` among the dynamic anchors; no anchor may be named so. */
export const recursiveAnchor = '#';

/** Enters a whole document into the index. */
export function indexDocument(
  index: SchemaIndex,
  document: { readonly name: string; readonly uri: string; readonly root: JsonObject },
): Resource {
  const { name, uri, root } = document;
  const resource = createResource(index, { root, uri, dialect: dialectOf(root, '', defaultDialect) });
  indexSchema(index, root, { document: name, pointer: '', resource });
  return resource;
}

/** Enters a schema and everything below it that is not known yet, as part of the location's resource. */
export function indexSchema(index: SchemaIndex, schema: JsonObject, location: Location): void {
  if (index.locations.has(schema)) return;
  const here = identify(index, schema, location);
  index.locations.set(schema, here);
  for (const child of listSubschemas(schema, here.resource.dialect)) {
    const pointer = joinPointer(here.pointer, ...child.tokens);
    indexSchema(index, child.schema, { ...here, pointer });
  }
}

/** The absolute URI, without fragment, that a reference means; undefined when it cannot be resolved. */
export function resolveUri(reference: string, base: string): string | undefined {
  const [uri = ''] = reference.split('#', 1);
  if (uri === '') return base;
  try {
    return new URL(uri, base).href.replace(/#.*$/, '');
  } catch {
    return undefined;
  }
}

function identify(index: SchemaIndex, schema: JsonObject, location: Location): Location {
  const { resource } = location;
  // Draft-07 core, section 8.3: beside $ref, everything else is ignored.
  if (!isAtLeast(resource.dialect, '2019-09') && typeof own(schema, '$ref') === 'string') return location;
  const here = { ...location, resource: enterResource(index, schema, location) };
  for (const [keyword, since] of anchorKeywords) {
    const anchor = own(schema, keyword);
    if (typeof anchor !== 'string' || !isAtLeast(here.resource.dialect, since)) continue;
    here.resource.anchors.set(anchor, schema);
    if (keyword === '$dynamicAnchor') here.resource.dynamicAnchors.set(anchor, schema);
  }
  return here;
}

const anchorKeywords = [
  ['$anchor', '2019-09'],
  ['$dynamicAnchor', '2020-12'],
] as const;

function enterResource(index: SchemaIndex, schema: JsonObject, location: Location): Resource {
  const outer = location.resource;
  const id = own(schema, idKeyword(outer.dialect)) ?? declaredId(schema);
  if (typeof id !== 'string') return outer;
  const [path = '', fragment = ''] = id.split('#', 2);
  let resource = outer;
  if (path !== '' && outer.root !== schema) {
    const uri = resolveUri(path, outer.uri);
    if (uri === undefined) {
      throw new UnservableError(location.pointer, `the identifier ${id} is not a URI: write an absolute one`);
    }
    const dialect = dialectOf(schema, location.pointer, outer.dialect);
    resource = createResource(index, { root: schema, uri, dialect });
  }
  // Draft-06 core, section 9.2: "$id": "#name" names the place without a pointer.
  if (fragment !== '' && !isAtLeast(resource.dialect, '2019-09')) resource.anchors.set(fragment, schema);
  return resource;
}

/** The identifier by the keyword of the schema's own dialect, where that differs from the outer one's. */
function declaredId(schema: JsonObject): JsonValue | undefined {
  const uri = own(schema, '$schema');
  const dialect = typeof uri === 'string' ? parseDialect(uri) : undefined;
  return dialect === undefined ? undefined : own(schema, idKeyword(dialect));
}

function createResource(
  index: SchemaIndex,
  start: { readonly root: JsonObject; readonly uri: string; readonly dialect: Dialect },
): Resource {
  const resource: Resource = { ...start, anchors: new Map(), dynamicAnchors: new Map() };
  const { root, uri, dialect } = resource;
  if (index.resources.has(uri)) index.ambiguous.add(uri);
  else index.resources.set(uri, resource);
  if (dialect === '2019-09' && own(root, '$recursiveAnchor') === true) {
    resource.dynamicAnchors.set(recursiveAnchor, root);
  }
  return resource;
}

function dialectOf(schema: JsonObject, pointer: string, inherited: Dialect): Dialect {
  const uri = own(schema, '$schema');
  if (uri === undefined) return inherited;
  const dialect = typeof uri === 'string' ? parseDialect(uri) : undefined;
  if (dialect !== undefined) return dialect;
  throw new UnservableError(
    joinPointer(pointer, '$schema'),
    `${JSON.stringify(uri)} is not a dialect served here: write the URI of draft-04, -06, -07, 2019-09 or 2020-12`,
  );
}

/** The keyword that identifies a resource: `id` up to draft-04 (core, section 7.2), then `$id`. */
function idKeyword(dialect: Dialect): string {
  return dialect === 'draft-04' ? 'id' : '$id';
}
