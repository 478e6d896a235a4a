import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { readBaseDocument, section } from './base-document.ts';
import { keySchemes } from './security-schemes.ts';

/** What opens a tool, beside others. */
export interface Requirement {
  /** All of these; none where it is not about scopes. */
  readonly scopes: readonly string[];
  /** Some keys open it, or whatever opens the gateway. */
  readonly credentials: 'keys' | 'any';
}

/** What has to be had for a tool: any one of these; undefined where nothing more is asked than credentials. */
export type RequirementsOf = (target: {
  readonly server: string;
  readonly tool: string;
}) => readonly Requirement[] | undefined;

/**
 * The document with what each operation asks of its callers: the scopes in its `security` (OpenAPI 3.1 section 4.8.30;
 * of schemes that know no scopes they are roles), and what a caller is answered who has none of these.
 *
 * @param document of operations that ask for credentials
 * @param server whose it is; '' for that of all servers
 */
export function declareRequirements(
  document: JsonObject,
  server: string,
  requirementsOf: RequirementsOf,
): JsonObject {
  const schemes = schemesOf(document);
  const paths = mapOperations(document, (operation) => {
    const { 'x-mcp-tool': tool, 'x-mcp-server': ofServer } = operation;
    const name = server === '' && typeof ofServer === 'string' ? ofServer : server;
    const requirements = requirementsOf({ server: name, tool: typeof tool === 'string' ? tool : '' });
    const security = requirements === undefined ? [] : toSecurity(schemes, requirements);
    return security.length === 0 ? operation : { ...operation, security };
  });
  return mapForbidden({ ...document, paths }, refuseMore);
}

/** The same without: what clients are promised, whoever may call what at the moment. */
export function withoutRequirements(document: JsonObject): JsonObject {
  const paths = mapOperations(document, (operation) =>
    Object.fromEntries(Object.entries(operation).filter(([key]) => key !== 'security')),
  );
  return mapForbidden({ ...document, paths }, refuseAsBefore);
}

function schemesOf({ security }: JsonObject): readonly string[] {
  return Array.isArray(security)
    ? security.flatMap((way: JsonValue) => (isJsonObject(way) ? Object.keys(way) : []))
    : [];
}

/** None where what is asked of the whole document is all. */
function toSecurity(schemes: readonly string[], requirements: readonly Requirement[]): readonly JsonObject[] {
  const ways = requirements.flatMap(({ scopes, credentials }) =>
    schemes
      .filter((scheme) => credentials === 'any' || keySchemes.includes(scheme))
      .map((scheme) => ({ scheme, scopes })),
  );
  const needed = ways.filter(({ scheme, scopes }, index) => {
    const isLess = (other: (typeof ways)[number], at: number): boolean =>
      other.scheme === scheme &&
      other.scopes.every((scope) => scopes.includes(scope)) &&
      (other.scopes.length < scopes.length || at < index);
    return !ways.some(isLess);
  });
  const isAll = needed.length === schemes.length && needed.every(({ scopes }) => scopes.length === 0);
  return isAll ? [] : needed.map(({ scheme, scopes }) => ({ [scheme]: [...scopes] }));
}

function mapOperations(document: JsonObject, map: (operation: JsonObject) => JsonObject): JsonObject {
  const { paths } = document;
  if (!isJsonObject(paths)) return {};
  return Object.fromEntries(
    Object.entries(paths).map(([path, item]) =>
      isJsonObject(item) && isJsonObject(item['post'])
        ? [path, { ...item, post: map(item['post']) }]
        : [path, item],
    ),
  );
}

type Response = Readonly<Record<'description', string> & Record<'headers' | 'content', JsonObject>>;

/** Changes the response that all operations share; a document that asks for no credentials has none. */
function mapForbidden(
  document: JsonObject,
  map: (response: Response, added: Added) => JsonObject,
): JsonObject {
  const { components } = document;
  const responses = isJsonObject(components) ? components['responses'] : undefined;
  const response = isJsonObject(responses) ? responses['Forbidden'] : undefined;
  if (!isJsonObject(components) || !isJsonObject(responses) || !isJsonObject(response)) return document;
  const { description, headers, content } = response;
  if (typeof description !== 'string' || !isJsonObject(headers) || !isJsonObject(content)) return document;
  const Forbidden = { ...response, ...map({ description, headers, content }, readAdded()) };
  return { ...document, components: { ...components, responses: { ...responses, Forbidden } } };
}

interface Added {
  readonly description: string;
  readonly headers: JsonObject;
  readonly properties: JsonObject;
}

function readAdded(): Added {
  const added = section(readBaseDocument(), 'x-not-permitted');
  const { description } = added;
  if (typeof description !== 'string') throw new Error('the base document lacks x-not-permitted.description');
  return {
    description: ` ${description}`,
    headers: section(added, 'headers'),
    properties: section(added, 'properties'),
  };
}

const problemType = 'application/problem+json';

function refuseMore(response: Response, added: Added): JsonObject {
  const media = response.content[problemType];
  if (response.description.endsWith(added.description) || !isJsonObject(media)) return {};
  const schema = { type: 'object', allOf: [media['schema'] ?? {}], properties: added.properties };
  return {
    description: `${response.description}${added.description}`,
    headers: { ...response.headers, ...added.headers },
    content: { ...response.content, [problemType]: { ...media, schema } },
  };
}

function refuseAsBefore(response: Response, added: Added): JsonObject {
  const { description, headers, content } = response;
  const media = content[problemType];
  if (!description.endsWith(added.description) || !isJsonObject(media)) return {};
  const { schema } = media;
  const [first] = isJsonObject(schema) && Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  return {
    description: description.slice(0, -added.description.length),
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !(name in added.headers))),
    content: { ...content, [problemType]: { ...media, schema: first ?? schema ?? {} } },
  };
}
