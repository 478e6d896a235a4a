import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { createInliner } from './inline-schema.ts';
import { addLossReport, type Loss } from './loss-report.ts';
import { mapDocument, mapPart, type DocumentPart, type Reference } from './map-document.ts';
import { own, toObject } from '../schema/own-property.ts';
import { decodeFragment, joinPointer, parsePointer, step } from '../schema/pointer.ts';

/** The bounds of what takes the place of references. */
export interface InlineOptions {
  /** Of JSON that one schema may grow by. @default 256 KiB */
  readonly maxSchemaBytes?: number;
  /** Of JSON that responses and the like may add to the document. @default 32 MiB */
  readonly maxBytes?: number;
  /** Levels of objects and lists inside each other in one schema. @default 450 */
  readonly maxLevels?: number;
}

const schemasPrefix = '/components/schemas/';

/**
 * Puts targets in place of references, for clients that cannot resolve any (OpenAPI 3.1 section 4.8.23).
 *
 * A schema that contains itself is repeated once and then cut to its type. Where that would refuse values, or a bound
 * is met, the reference stays. `x-loss-report` lists both, by pointers into the given document. Components that
 * nothing refers to any more are left out. Rules MAP-112 to MAP-114 of spec/mapping.md.
 *
 * @param document of OpenAPI 3.1 or 3.0
 */
export function inlineRefs(document: JsonObject, options: InlineOptions = {}): JsonObject {
  const { maxSchemaBytes = 256 * 1024, maxBytes = 32 * 1024 * 1024, maxLevels = 450 } = options;
  const losses: Loss[] = [];
  const components = objectAt(objectAt(document, 'components'), 'schemas');
  const inline = createInliner({ components, maxBytes: maxSchemaBytes, maxLevels });
  const withSchemas = mapDocument(document, {
    schema(schema, pointer) {
      // A component may still be referred to, and stays what it is.
      if (pointer.startsWith(schemasPrefix)) return schema;
      const inlined = inline(schema, pointer);
      losses.push(...inlined.losses);
      return inlined.schema;
    },
  });
  const replace = createPartReplacer(withSchemas, maxBytes, losses);
  const { components: _parts, ...rest } = withSchemas;
  const operations = mapDocument(rest, { reference: replace });
  return addLossReport(withUsedComponents(operations, objectAt(withSchemas, 'components'), document), losses);
}

type ReplacePart = (reference: Reference, part: DocumentPart, pointer: string) => JsonValue;

/** Replaces Reference Objects by what they name, until that has added too much. */
function createPartReplacer(document: JsonObject, maxBytes: number, losses: Loss[]): ReplacePart {
  const targets = new Map<string, { readonly value: JsonValue; readonly bytes: number }>();
  const open = new Set<string>();
  let left = maxBytes;

  function resolve(
    reference: string,
    part: DocumentPart,
  ): { readonly value: JsonValue; readonly bytes: number } | undefined {
    const known = targets.get(reference);
    if (known !== undefined || open.has(reference) || !reference.startsWith('#/')) return known;
    const found = follow(document, reference.slice(1));
    if (found === undefined) return undefined;
    open.add(reference);
    const value = mapPart(found, part, reference.slice(1), {
      reference: (inner, innerPart) => resolve(inner.$ref, innerPart)?.value ?? inner,
    });
    open.delete(reference);
    const target = { value, bytes: Buffer.byteLength(JSON.stringify(value)) };
    targets.set(reference, target);
    return target;
  }

  return (reference, part, pointer) => {
    const target = resolve(reference.$ref, part);
    if (target !== undefined && target.bytes <= left) {
      left -= target.bytes;
      return target.value;
    }
    losses.push({
      pointer: joinPointer(pointer, '$ref'),
      keyword: '$ref',
      reason: target === undefined ? 'it leads nowhere, or to itself' : 'the document would be too large',
      effect: 'reference',
    });
    return reference;
  };
}

/** A document with those of the components that it still refers to, directly or not. */
function withUsedComponents(document: JsonObject, components: JsonObject, source: JsonObject): JsonObject {
  const used = new Set<string>();
  collectReferences(document, used);
  // A set visits what is added to it on the way.
  for (const pointer of used) collectReferences(follow({ components }, pointer) ?? null, used);
  const kept = Object.entries(components).map(([section, entries]): readonly [string, JsonValue] => {
    // Security schemes are named, not referred to.
    if (section === 'securitySchemes' || section.startsWith('x-') || !isJsonObject(entries)) {
      return [section, entries];
    }
    const isUsed = ([name]: readonly [string, JsonValue]): boolean =>
      used.has(joinPointer('/components', section, name));
    return [section, toObject(Object.entries(entries).filter(isUsed))];
  });
  const filled = kept.filter(([, entries]) => !isJsonObject(entries) || Object.keys(entries).length > 0);
  return 'components' in source ? { ...document, components: toObject(filled) } : document;
}

function collectReferences(value: JsonValue, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  const reference = isJsonObject(value) ? own(value, '$ref') : undefined;
  if (typeof reference === 'string' && reference.startsWith('#/')) {
    // What is inside a component needs the whole of it.
    const tokens = parsePointer(decodeFragment(reference.slice(1)));
    found.add(joinPointer('', ...tokens.slice(0, 3)));
  }
  for (const member of Object.values(value)) collectReferences(member, found);
}

function follow(document: JsonObject, pointer: string): JsonValue | undefined {
  let found: JsonValue | undefined = document;
  for (const token of parsePointer(decodeFragment(pointer))) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = step(found, token);
  }
  return found;
}

function objectAt(source: JsonObject, key: string): JsonObject {
  const value = own(source, key);
  return isJsonObject(value) ? value : {};
}
