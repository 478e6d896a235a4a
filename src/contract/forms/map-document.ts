import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { own, toObject } from '../schema/own-property.ts';
import { joinPointer } from '../schema/pointer.ts';

/** The kinds of objects on the way from a document to its schemas (OpenAPI 3.1 section 4.8). */
export type DocumentPart =
  | 'document'
  | 'components'
  | 'pathItem'
  | 'operation'
  | 'callback'
  | 'parameter'
  | 'requestBody'
  | 'response'
  | 'header'
  | 'mediaType'
  | 'encoding';

/** A Reference Object (OpenAPI 3.1 section 4.8.23). */
export interface Reference extends JsonObject {
  readonly $ref: string;
}

/** What becomes of the parts of a document; a part without a function stays as it is. */
export interface DocumentMapping {
  /** Called for each schema that stands by itself, not for those inside it. */
  readonly schema?: (schema: JsonValue, pointer: string) => JsonValue;
  /** Called for each reference in place of a part. */
  readonly reference?: (reference: Reference, part: DocumentPart, pointer: string) => JsonValue;
}

/** `fields` is a map whose `x-` members are extensions, not entries. */
type Place = readonly ['one' | 'map' | 'list' | 'fields', DocumentPart | 'schema'];

const pathItem: Place = ['fields', 'pathItem'];
const described = { schema: ['one', 'schema'], content: ['map', 'mediaType'] } as const;

const grammar: Readonly<Record<DocumentPart, Readonly<Record<string, Place>>>> = {
  document: { components: ['one', 'components'], paths: pathItem, webhooks: pathItem },
  components: {
    schemas: ['map', 'schema'],
    responses: ['map', 'response'],
    parameters: ['map', 'parameter'],
    requestBodies: ['map', 'requestBody'],
    headers: ['map', 'header'],
    callbacks: ['map', 'callback'],
    pathItems: ['map', 'pathItem'],
  },
  pathItem: {
    parameters: ['list', 'parameter'],
    ...Object.fromEntries(
      ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'].map((method) => [
        method,
        ['one', 'operation'] as const,
      ]),
    ),
  },
  operation: {
    parameters: ['list', 'parameter'],
    requestBody: ['one', 'requestBody'],
    responses: ['fields', 'response'],
    callbacks: ['map', 'callback'],
  },
  // A Callback Object is a map itself; its entries are found by `callback` below.
  callback: {},
  parameter: described,
  header: described,
  requestBody: { content: ['map', 'mediaType'] },
  response: { headers: ['map', 'header'], content: ['map', 'mediaType'] },
  mediaType: { schema: ['one', 'schema'], encoding: ['map', 'encoding'] },
  encoding: { headers: ['map', 'header'] },
};

/** A document with its schemas, or its references to other parts, replaced; what is not replaced is shared. */
export function mapDocument(document: JsonObject, mapping: DocumentMapping): JsonObject {
  return mapMembers(document, 'document', '', mapping);
}

/** As {@link mapDocument}, from another part on. */
export function mapPart(
  value: JsonValue,
  part: DocumentPart,
  pointer: string,
  mapping: DocumentMapping,
): JsonValue {
  if (!isJsonObject(value)) return value;
  if (isReference(value) && part !== 'pathItem') {
    return mapping.reference === undefined ? value : mapping.reference(value, part, pointer);
  }
  if (part === 'callback') return mapPlace(value, pathItem, pointer, mapping);
  return mapMembers(value, part, pointer, mapping);
}

function isReference(value: JsonObject): value is Reference {
  return typeof own(value, '$ref') === 'string';
}

function mapMembers(
  value: JsonObject,
  part: DocumentPart,
  pointer: string,
  mapping: DocumentMapping,
): JsonObject {
  const places = grammar[part];
  return toObject(
    Object.entries(value).map(([key, member]) => {
      const place = Object.hasOwn(places, key) ? places[key] : undefined;
      return [
        key,
        place === undefined ? member : mapPlace(member, place, joinPointer(pointer, key), mapping),
      ];
    }),
  );
}

function mapPlace(
  value: JsonValue,
  [shape, part]: Place,
  pointer: string,
  mapping: DocumentMapping,
): JsonValue {
  const mapOne = (item: JsonValue, at: string): JsonValue => {
    if (part !== 'schema') return mapPart(item, part, at, mapping);
    return mapping.schema === undefined ? item : mapping.schema(item, at);
  };
  if (shape === 'one') return mapOne(value, pointer);
  if (Array.isArray(value)) {
    return value.map((item: JsonValue, index) => mapOne(item, joinPointer(pointer, index)));
  }
  if (!isJsonObject(value)) return value;
  return toObject(
    Object.entries(value).map(([key, item]) => [
      key,
      shape === 'fields' && key.startsWith('x-') ? item : mapOne(item, joinPointer(pointer, key)),
    ]),
  );
}
