import type { JsonObject } from '../../json/value.ts';
import { pick, section } from './base-document.ts';

/** What decides which answers an operation can give. */
export interface ResponseOptions {
  readonly isSecured: boolean;
  /** Calls have to come by way of a proxy. @default they may come from anywhere */
  readonly isProxied?: boolean;
  /** Tokens are among the credentials. @default they are not */
  readonly takesTokens?: boolean;
  /** Status of the answer when the tool reports a failure. */
  readonly toolErrorStatus: number;
  /** Calls are counted. @default they are not */
  readonly isRateLimited?: boolean;
  /** Calls may need what gateways share, and are refused while that is away. @default they are made */
  readonly needsShared?: boolean;
}

/** Status → name in the base document's responses; 404, 405 and the parser's own belong to no operation. */
const problemResponses: readonly (readonly [number, string])[] = [
  [400, 'BadRequest'],
  [413, 'BodyTooLarge'],
  [415, 'UnsupportedMediaType'],
  [422, 'InvalidArguments'],
  [500, 'InternalError'],
  [502, 'BadGateway'],
  [503, 'NotReady'],
  [504, 'Timeout'],
];
/** Where tokens are among the credentials. */
const tokenResponses: readonly (readonly [number, string])[] = [
  [401, 'UnauthorizedToken'],
  [503, 'NotReadyForTokens'],
];
const proxyResponses: readonly (readonly [number, string])[] = [[403, 'Forbidden']];
const securityResponses: readonly (readonly [number, string])[] = [
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
];
/** Where calls are counted. */
const limitResponses: readonly (readonly [number, string])[] = [[429, 'RateLimited']];

/**
 * Builds the `responses` that all operations of a document have in common, and the components behind them
 * (OpenAPI 3.1 section 4.8.16).
 *
 * @param base the base document
 */
export function toSharedResponses(
  base: JsonObject,
  {
    isSecured,
    isProxied = false,
    takesTokens = false,
    toolErrorStatus,
    isRateLimited = false,
    needsShared = false,
  }: ResponseOptions,
): { readonly responses: JsonObject; readonly components: JsonObject } {
  const definitions = withSharedCode(section(base, 'components', 'responses'), needsShared);
  const named = new Map([
    ...problemResponses,
    ...(isSecured ? securityResponses : []),
    ...(isProxied ? proxyResponses : []),
    ...(takesTokens ? tokenResponses : []),
    ...(isRateLimited ? limitResponses : []),
  ]);
  const other = named.get(toolErrorStatus);
  const toolError = section(definitions, 'ToolError');
  // One status has one response: where the tool's failures share one, it tells of both.
  const shared = other === undefined ? toolError : merge(section(definitions, other), toolError);
  if (other === undefined) named.set(toolErrorStatus, 'ToolError');
  const names = [...named.values()];
  return {
    responses: Object.fromEntries([...named].map(([status, name]) => [String(status), toRef(name)])),
    components: { ...pick(definitions, names), [other ?? 'ToolError']: shared },
  };
}

/** The 200 response: shared when the tool says nothing of its result, else with the output schema. */
export function toResultResponse(base: JsonObject, output: JsonObject | undefined): JsonObject {
  if (output === undefined) return toRef('ToolResult');
  const response = section(base, 'components', 'responses', 'StructuredResult');
  return {
    ...response,
    content: { ...section(response, 'content'), 'application/json': { schema: output } },
  };
}

/** What is refused while nothing shared can be asked for is not ready either. */
function withSharedCode(definitions: JsonObject, needsShared: boolean): JsonObject {
  if (!needsShared) return definitions;
  const named = ['NotReady', 'NotReadyForTokens'].map((name) => {
    const { description, ...response } = section(definitions, name);
    // The base has one, which ends with the codes.
    const codes = `${(description as string).replace(/\.$/, '')}, limits_unavailable.`;
    return [name, { ...response, description: codes }] as const;
  });
  return { ...definitions, ...Object.fromEntries(named) };
}

function merge(first: JsonObject, second: JsonObject): JsonObject {
  const descriptions = [first['description'], second['description']].filter(
    (text) => typeof text === 'string',
  );
  return {
    ...second,
    ...first,
    description: descriptions.join(' '),
    content: { ...section(second, 'content'), ...section(first, 'content') },
  };
}

function toRef(name: string): JsonObject {
  return { $ref: `#/components/responses/${name}` };
}
