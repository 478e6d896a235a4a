import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { follow } from './references.ts';
import { toSampleValue } from './sample-value.ts';
import { createSchemaShower, isDeep, isForeign, type SchemaShower } from './showable-schema.ts';
import { nameReordering, toHtmlBlock } from './shown-text.ts';

const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/**
 * The document as Redoc is given it: what servers say of themselves is text (it would be Markdown and HTML), links lead to
 * the web only, references within the document only, and what would take a page long to draw or to make an example of is
 * cut short, or has an example. The document itself is not changed; it stays what clients read.
 *
 * Pure, and bounded in time and size by the document's size.
 */
export function toShowableDocument(document: JsonObject): JsonObject {
  const scene: Scene = { document, schemas: createSchemaShower(document) };
  const { openapi, info, servers, tags, paths, components, security } = document;
  const shown: Record<string, JsonValue | undefined> = {
    openapi,
    info: showInfo(info),
    servers: Array.isArray(servers) ? servers.map(showTexts) : undefined,
    tags: Array.isArray(tags) ? tags.filter(isJsonObject).map(showTag) : undefined,
    paths: mapMembers(paths, (item) => showPath(scene, item)),
    components: showComponents(scene, components),
    security,
    'x-webhooks': undefined,
  };
  return withoutUndefined(shown);
}

interface Scene {
  readonly document: JsonObject;
  readonly schemas: SchemaShower;
}

function showInfo(info: JsonValue | undefined): JsonObject {
  if (!isJsonObject(info)) return { title: 'API', version: '' };
  const { contact, license, termsOfService, ...rest } = withoutExtensions(info);
  return withoutUndefined({
    ...showTexts(rest),
    contact: isJsonObject(contact) ? dropLink(contact) : undefined,
    license: isJsonObject(license) ? dropLink(license) : undefined,
    termsOfService: isForeign({ url: termsOfService ?? '' }) ? undefined : termsOfService,
  });
}

function showTag(tag: JsonObject): JsonObject {
  const { externalDocs, ...rest } = withoutExtensions(tag);
  const docs = isForeign(externalDocs) ? undefined : externalDocs;
  return withoutUndefined({ ...showTexts(rest), externalDocs: docs });
}

function showPath(scene: Scene, item: JsonValue): JsonObject {
  const target = follow(scene.document, item) ?? {};
  const entries = Object.entries(target).flatMap(
    ([key, value]): ReadonlyArray<readonly [string, JsonValue]> => {
      if (methods.has(key) && isJsonObject(value)) return [[key, showOperation(scene, value)]];
      return key === 'parameters' ? [[key, showList(scene, value, showParameter)]] : [];
    },
  );
  return Object.fromEntries(entries);
}

function showOperation(scene: Scene, operation: JsonObject): JsonObject {
  const { parameters, requestBody, responses, externalDocs, callbacks: _callbacks, ...rest } = operation;
  const samples = operation['x-codeSamples'];
  return withoutUndefined({
    ...showTexts(withoutExtensions(rest)),
    externalDocs: isForeign(externalDocs) ? undefined : externalDocs,
    parameters: showList(scene, parameters, showParameter),
    requestBody: showReferable(scene, requestBody, showBody),
    responses: mapMembers(responses, (response) => showReferable(scene, response, showResponse) ?? {}),
    'x-codeSamples': samples,
  });
}

type Show = (scene: Scene, value: JsonObject) => JsonObject;

/** References stay references where they lead somewhere: what many operations share is in the document once. */
function showReferable(scene: Scene, value: JsonValue | undefined, show: Show): JsonObject | undefined {
  if (!isJsonObject(value) || follow(scene.document, value) === undefined) return undefined;
  const reference = value['$ref'];
  return typeof reference === 'string' && /^#\/components\/[A-Za-z]+\/[^/]+$/.test(reference)
    ? { $ref: reference }
    : show(scene, follow(scene.document, value) ?? {});
}

function showList(scene: Scene, list: JsonValue | undefined, show: Show): readonly JsonObject[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((value: JsonValue) => {
    const shown = showReferable(scene, value, show);
    return shown === undefined ? [] : [shown];
  });
}

function showParameter(scene: Scene, parameter: JsonObject): JsonObject {
  const { schema, content, examples: _examples, ...rest } = withoutExtensions(parameter);
  return withoutUndefined({
    ...showTexts(rest),
    schema: schema === undefined ? undefined : scene.schemas.show(schema).schema,
    content: content === undefined ? undefined : mapMembers(content, (type) => showMediaType(scene, type)),
  });
}

function showBody(scene: Scene, body: JsonObject): JsonObject {
  const { content, ...rest } = withoutExtensions(body);
  return { ...showTexts(rest), content: mapMembers(content, (type) => showMediaType(scene, type)) ?? {} };
}

function showResponse(scene: Scene, response: JsonObject): JsonObject {
  const { content, headers, links: _links, ...rest } = withoutExtensions(response);
  return withoutUndefined({
    ...showTexts(rest),
    content: mapMembers(content, (type) => showMediaType(scene, type)),
    headers: mapMembers(headers, (header) => showReferable(scene, header, showParameter) ?? {}),
  });
}

function showMediaType(scene: Scene, type: JsonValue): JsonObject {
  if (!isJsonObject(type)) return {};
  const { schema, example, examples } = type;
  const named = isJsonObject(examples) ? Object.entries(examples).flatMap(toShownExample) : [];
  // Redoc takes an example of the form {"$ref": …} for a reference.
  const isUsable = example !== undefined && !isDeep(example) && !(isJsonObject(example) && '$ref' in example);
  const own = isUsable ? example : undefined;
  if (schema === undefined) return withoutUndefined({ example: own });
  const shown = scene.schemas.show(schema);
  const hasExample = own !== undefined || named.length > 0;
  return withoutUndefined({
    schema: shown.schema,
    example: hasExample || shown.isSampled ? own : toSampleValue(scene.document, schema),
    examples: named.length > 0 ? Object.fromEntries(named) : undefined,
  });
}

/** One that is elsewhere would be fetched. */
function toShownExample([name, example]: readonly [string, JsonValue]): ReadonlyArray<[string, JsonObject]> {
  if (!isJsonObject(example) || example['value'] === undefined || isDeep(example['value'])) return [];
  const { value, summary, description } = example;
  return [[name, { ...showTexts(withoutUndefined({ summary, description })), value }]];
}

function showComponents(scene: Scene, components: JsonValue | undefined): JsonObject {
  if (!isJsonObject(components)) return {};
  const all = (key: string, show: Show): JsonObject | undefined =>
    mapMembers(components[key], (value) => showReferable(scene, value, show) ?? {});
  return withoutUndefined({
    schemas: mapMembers(components['schemas'], (schema) => scene.schemas.showReferred(schema)),
    responses: all('responses', showResponse),
    parameters: all('parameters', showParameter),
    headers: all('headers', showParameter),
    requestBodies: all('requestBodies', showBody),
    securitySchemes: all('securitySchemes', (_scene, scheme) => showScheme(scheme)),
  });
}

function showScheme(scheme: JsonObject): JsonObject {
  const { flows, openIdConnectUrl, ...rest } = withoutExtensions(scheme);
  return withoutUndefined({
    ...showTexts(rest),
    flows: mapMembers(flows, (flow) => (isJsonObject(flow) ? withoutExtensions(flow) : {})),
    openIdConnectUrl: isForeign({ url: openIdConnectUrl ?? '' }) ? undefined : openIdConnectUrl,
  });
}

/** `description` is Markdown to Redoc, `summary` and `title` are text. */
function showTexts(object: JsonValue): JsonObject {
  if (!isJsonObject(object)) return {};
  const { description, summary, title } = object;
  return withoutUndefined({
    ...object,
    description: typeof description === 'string' ? toHtmlBlock(description) : undefined,
    summary: typeof summary === 'string' ? nameReordering(summary) : undefined,
    title: typeof title === 'string' ? nameReordering(title) : undefined,
  });
}

function dropLink(object: JsonObject): JsonObject {
  const { url, ...rest } = object;
  return isForeign({ url: url ?? '' }) ? rest : object;
}

function mapMembers(
  object: JsonValue | undefined,
  change: (value: JsonValue) => JsonValue,
): JsonObject | undefined {
  if (!isJsonObject(object)) return undefined;
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function withoutExtensions(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !key.startsWith('x-')));
}

function withoutUndefined(object: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
