import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { copyJson } from './copy.ts';
import { loadMetaSchema } from './meta-schemas.ts';
import { decodeFragment, joinPointer, parsePointer, step } from './pointer.ts';
import { indexDocument, indexSchema, resolveUri, type Resource, type SchemaIndex } from './resources.ts';

/** What a reference leads to. */
export type Target =
  | {
      readonly kind: 'schema';
      readonly schema: JsonObject;
      /** The anchor it was found by. */ readonly anchor?: string;
    }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'unresolved'; readonly reason: string };

/** Follows a `$ref` value from within a resource (2020-12 core, section 8.2.3.1). */
export function resolveReference(index: SchemaIndex, from: Resource, reference: string): Target {
  const uri = resolveUri(reference, from.uri);
  if (uri === undefined) return unresolved(`${reference} is not a URI reference`);
  if (index.ambiguous.has(uri) && !reference.startsWith('#')) {
    return unresolved(`several schemas have the identifier of ${reference}: give each its own`);
  }
  const resource = uri === from.uri ? from : (index.resources.get(uri) ?? indexMetaSchema(index, uri));
  if (resource === undefined) {
    return unresolved(
      `${reference} is not part of the schema, and nothing is fetched: copy it into $defs and refer to it there`,
    );
  }
  const hash = reference.indexOf('#');
  const raw = hash < 0 ? '' : reference.slice(hash + 1);
  const fragment = decodeFragment(raw);
  if (fragment === '') return { kind: 'schema', schema: resource.root };
  if (!fragment.startsWith('/')) {
    const schema = resource.anchors.get(fragment);
    return schema === undefined
      ? unresolved(`no schema has the anchor of ${reference}`)
      : { kind: 'schema', schema, anchor: fragment };
  }
  // An unescaped percent sign in a key is a common slip, and harmless where only one reading leads anywhere.
  return (
    followPointer(index, resource, fragment) ??
    followPointer(index, resource, raw) ??
    unresolved(`${reference} leads nowhere: define a schema there, or correct the pointer`)
  );
}

function followPointer(index: SchemaIndex, resource: Resource, fragment: string): Target | undefined {
  let value: JsonValue | undefined = resource.root;
  let location = index.locations.get(resource.root);
  for (const token of parsePointer(fragment)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = step(value, token);
    if (value === undefined || location === undefined) return undefined;
    const known = isJsonObject(value) ? index.locations.get(value) : undefined;
    location = known ?? { ...location, pointer: joinPointer(location.pointer, token) };
  }
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (!isJsonObject(value) || location === undefined) {
    return unresolved(`#${fragment} leads to something that is not a schema`);
  }
  indexSchema(index, value, location);
  return { kind: 'schema', schema: value };
}

function indexMetaSchema(index: SchemaIndex, uri: string): Resource | undefined {
  const meta = loadMetaSchema(uri);
  if (meta === undefined) return undefined;
  const root = copyJson(meta.schema);
  return isJsonObject(root) ? indexDocument(index, { name: meta.name, uri, root }) : undefined;
}

function unresolved(reason: string): Target {
  return { kind: 'unresolved', reason };
}
