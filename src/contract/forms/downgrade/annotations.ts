import { isJsonObject, type JsonValue } from '../../../json/value.ts';
import { own } from '../../schema/own-property.ts';
import { keepForReader, reportAnnotation, type SchemaDraft } from './schema-draft.ts';

/** Annotations of 3.0, each with what its value has to be (OpenAPI 3.0.3 section 4.7.24). */
const annotations: ReadonlyMap<string, (value: JsonValue) => boolean> = new Map([
  ['title', isText],
  ['description', isText],
  ['format', isText],
  ['default', () => true],
  ['example', () => true],
  ['deprecated', (value: JsonValue) => typeof value === 'boolean'],
  ['externalDocs', isExternalDocs],
  ['discriminator', isDiscriminator],
  ['xml', isXml],
]);

/** Copies what 3.0 knows and rewrites `examples` and `content…`. */
export function convertAnnotations(draft: SchemaDraft): void {
  for (const [keyword, isValid] of annotations) {
    const value = own(draft.source, keyword);
    if (value === undefined) continue;
    if (isValid(value)) draft.members.set(keyword, value);
    else reportAnnotation(draft, keyword, 'OpenAPI 3.0 allows no such value');
  }
  for (const [key, value] of Object.entries(draft.source)) {
    if (key.startsWith('x-')) draft.members.set(key, value);
  }
  convertExamples(draft);
  convertContent(draft);
  for (const keyword of ['readOnly', 'writeOnly']) {
    if (own(draft.source, keyword) === true) {
      reportAnnotation(draft, keyword, 'in OpenAPI 3.0, a property so marked is not to be sent');
    } else keepForReader(draft, keyword);
  }
}

function convertExamples(draft: SchemaDraft): void {
  const { source, members } = draft;
  const examples = own(source, 'examples');
  if (!Array.isArray(examples)) return;
  const [first] = examples as readonly JsonValue[];
  if (first !== undefined && !members.has('example')) members.set('example', first);
  if (examples.length > 1 || (Object.hasOwn(source, 'example') && examples.length > 0)) {
    reportAnnotation(draft, 'examples', 'OpenAPI 3.0 has one example');
  }
}

/** 2020-12 validation, section 8; OpenAPI 3.0.3 section 4.4 has the formats `byte` and `binary` instead. */
function convertContent(draft: SchemaDraft): void {
  const encoding = own(draft.source, 'contentEncoding');
  const mediaType = own(draft.source, 'contentMediaType');
  const hasFormat = draft.members.has('format');
  if (encoding === 'base64' && !hasFormat) {
    draft.members.set('format', 'byte');
  } else if (encoding !== undefined) {
    reportAnnotation(draft, 'contentEncoding', 'OpenAPI 3.0 knows base64 only, as a format');
  }
  if (mediaType === 'application/octet-stream' && encoding === undefined && !hasFormat) {
    draft.members.set('format', 'binary');
  } else if (mediaType !== undefined) {
    reportAnnotation(draft, 'contentMediaType', 'OpenAPI 3.0 has no media types in schemas');
  }
  if (Object.hasOwn(draft.source, 'contentSchema')) {
    reportAnnotation(draft, 'contentSchema', 'OpenAPI 3.0 cannot describe what a string holds');
  }
}

function isText(value: JsonValue | undefined): boolean {
  return typeof value === 'string';
}

function isExternalDocs(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const { url, description, ...others } = value;
  // Only characters of a URI reference (RFC 3986 appendix A).
  const isReference = typeof url === 'string' && /^(?:[\w\-.~:/?#@!$&'()*+,;=]|%[\da-f]{2})*$/iu.test(url);
  return isReference && (description === undefined || isText(description)) && areExtensions(others);
}

function isDiscriminator(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const { propertyName, mapping, ...others } = value;
  const isMapping = mapping === undefined || (isJsonObject(mapping) && Object.values(mapping).every(isText));
  return isText(propertyName) && isMapping && Object.keys(others).length === 0;
}

function isXml(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const { name, prefix, attribute, wrapped, ...others } = value;
  return (
    [name, prefix].every((text) => text === undefined || isText(text)) &&
    [attribute, wrapped].every((flag) => flag === undefined || typeof flag === 'boolean') &&
    areExtensions(others)
  );
}

function areExtensions(members: object): boolean {
  return Object.keys(members).every((key) => key.startsWith('x-'));
}
