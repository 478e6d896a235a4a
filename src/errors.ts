/**
 * THE table of problems: every error answer of the gateway comes from here.
 *
 * Codes are public and stable; titles and details are for people and may change.
 * The HTTP statuses follow RFC 9110, the body is an RFC 9457 problem.
 */
export interface ProblemType {
  /** HTTP status of the answer. */
  readonly status: number;
  /** Short, human-readable, the same for every occurrence (RFC 9457 section 3.1.3). */
  readonly title: string;
  /** The situation, for the documentation. */
  readonly when: string;
}

/** code → status, title, when. Each entry is a {@link ProblemType}. */
export const problemTypes = {
  bad_request: { status: 400, title: 'Bad request', when: 'the HTTP request itself is malformed' },
  malformed_json: {
    status: 400,
    title: 'Malformed JSON',
    when: 'the body is not JSON, not UTF-8, names a key twice, or is nested too deeply',
  },
  session_key_required: {
    status: 400,
    title: 'Session key required',
    when: 'the server keeps a session for each user, and the request does not say whose',
  },
  unauthorized: { status: 401, title: 'Credentials required', when: 'credentials are missing or unreadable' },
  invalid_token: {
    status: 401,
    title: 'Token not accepted',
    when: 'the token is expired, not yet valid, for another audience, from another issuer, unreadable, or not signed as it has to be',
  },
  forbidden: {
    status: 403,
    title: 'Not from this caller',
    when: 'the credentials are well-formed but wrong, a page of another origin calls, or the call has to come by way of a proxy',
  },
  not_permitted: {
    status: 403,
    title: 'Not permitted',
    when: 'the credentials are right, and no rule allows this caller the tool; `missingScopes` names what would',
  },
  not_found: { status: 404, title: 'Not found', when: 'there is no such tool, server or page' },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    when: 'the path exists, but not for this method',
  },
  request_timeout: {
    status: 408,
    title: 'Request timed out',
    when: 'headers or body did not arrive within --request-timeout',
  },
  body_too_large: { status: 413, title: 'Body too large', when: 'the body is larger than --max-body' },
  uri_too_long: { status: 414, title: 'URL too long', when: 'the URL is longer than the gateway reads' },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    when: 'the body is not application/json in UTF-8 without content coding',
  },
  expectation_failed: {
    status: 417,
    title: 'Expectation failed',
    when: 'the Expect header asks for something other than 100-continue',
  },
  invalid_arguments: {
    status: 422,
    title: 'Arguments violate the contract',
    when: 'the arguments do not satisfy the tool’s input schema; `violations` lists where and why',
  },
  rejected_arguments: {
    status: 422,
    title: 'The server rejected the arguments',
    when: 'the MCP server answered with JSON-RPC error -32602',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'Idempotency-Key used before',
    when: 'the Idempotency-Key belongs to another call, or to one whose answer was too large to be kept',
  },
  tool_error: {
    status: 424,
    title: 'The tool reported a failure',
    when: 'the tool answered with isError; `content` keeps what it said',
  },
  rate_limited: {
    status: 429,
    title: 'Too many calls in this time',
    when: 'the caller made more calls than a rate limit allows; nothing was sent, retry after the time given',
  },
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    when: 'the request headers exceed the limits on size or count',
  },
  internal_error: { status: 500, title: 'Internal error', when: 'a defect of the gateway itself' },
  upstream_error: {
    status: 502,
    title: 'The server answered with an error',
    when: 'the MCP server answered with a JSON-RPC error other than -32602',
  },
  upstream_unavailable: {
    status: 502,
    title: 'The server went away',
    when: 'the MCP server exited or closed its output while the call was in flight',
  },
  invalid_result: {
    status: 502,
    title: 'Invalid result',
    when: 'the MCP server’s result is not a valid tool result, or violates the output schema when that is enforced',
  },
  result_too_large: {
    status: 502,
    title: 'Result too large',
    when: 'the MCP server’s message is larger than --max-message',
  },
  upstream_not_ready: {
    status: 503,
    title: 'The server is not ready',
    when: 'the MCP server is not connected or is restarting; retry after the time given',
  },
  overloaded: {
    status: 503,
    title: 'Too many calls',
    when: 'window and queue are full, or the call’s turn never came; nothing was sent, retry after the time given',
  },
  issuer_unavailable: {
    status: 503,
    title: 'Tokens cannot be verified',
    when: 'the keys that tokens are verified with cannot be fetched from their issuer; retry after the time given',
  },
  limits_unavailable: {
    status: 503,
    title: 'Shared limits cannot be asked for',
    when: 'limits and Idempotency-Keys are shared in a Redis that does not answer, and --redis-fail is closed; nothing was sent, retry after the time given',
  },
  shutting_down: { status: 503, title: 'Shutting down', when: 'the gateway is about to exit' },
  upstream_timeout: {
    status: 504,
    title: 'The tool took too long',
    when: 'the tool did not answer within --call-timeout',
  },
} as const;

/** The stable, public name of a problem. */
export type ProblemCode = keyof typeof problemTypes;

/** The table's entry for a code. */
export function problemType(code: ProblemCode): ProblemType {
  return problemTypes[code];
}

/** One schema failure of a request body or a result. */
export interface Violation {
  /** JSON Pointer (RFC 6901): the object that lacks a required key, else the value at fault; '' is the whole body. */
  readonly pointer: string;
  /** The JSON Schema keyword that failed; `false schema` where nothing is allowed. */
  readonly keyword: string;
  readonly message: string;
  /** The name of the absent key, for `required` and `dependentRequired`. */
  readonly missing?: string;
}

/** What a problem answer says; becomes an RFC 9457 body. */
export interface Problem {
  readonly code: ProblemCode;
  /** Replaces the table's status; only `tool_error` uses it. */
  readonly status?: number;
  /** For this occurrence: what is wrong and what to do. Language models read it too. */
  readonly detail: string;
  /** Seconds, for the Retry-After header. */
  readonly retryAfter?: number;
  /** For the WWW-Authenticate header of a 401, or of another problem that has one. @default of a 401, every scheme that a key may come by */
  readonly challenge?: string;
  /** Further members of the body. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Further members as JSON text, kept as the upstream wrote them. */
  readonly rawExtensions?: Readonly<Record<string, string>>;
}

/** Usage or configuration error: one line that says what to write instead; the command exits with 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

/** A configuration file with mistakes in it; the command exits with 2. */
export class ConfigError extends UsageError {
  override readonly name = 'ConfigError';
  /** Each in one line, in the order of the text; without any secret. */
  readonly problems: readonly string[];
  /** Files that were read, or looked for in vain, with a digest of each: a change of one may mend it. */
  readonly files: ReadonlyMap<string, string>;

  constructor(path: string, problems: readonly string[], files: ReadonlyMap<string, string>) {
    const [first = `'${path}' cannot be used`, ...others] = problems;
    super(others.length === 0 ? first : `${problems.length} mistakes in '${path}'`);
    this.problems = problems;
    this.files = files;
  }
}

/** The upstream server could not be started or died during initialize; the command exits with 1. */
export class UpstreamStartError extends Error {
  override readonly name = 'UpstreamStartError';
  /** The last lines the child wrote to stderr, oldest first. */
  readonly stderrTail: readonly string[];

  constructor(message: string, stderrTail: readonly string[], options?: ErrorOptions) {
    super(message, options);
    this.stderrTail = stderrTail;
  }
}

/** The gateway's own address cannot be bound; the command exits with 1. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** A site that cannot be made: what it is made from cannot be had, or it cannot be written; the command exits with 1. */
export class SiteError extends Error {
  override readonly name = 'SiteError';
}

/** The live tools break a committed contract that must be kept; the command exits with 1. */
export class ContractRefusedError extends Error {
  override readonly name = 'ContractRefusedError';
  /** What changed, a line each, the gravest first. */
  readonly changes: readonly string[];

  constructor(message: string, changes: readonly string[]) {
    super(message);
    this.changes = changes;
  }
}
