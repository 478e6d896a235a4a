/** What the words of an error are about. */
export type ErrorWords =
  /** An exception that nobody meant to be read; `phrase` is the part that says so. */
  | { readonly kind: 'exception'; readonly phrase: string }
  /** The shape of the arguments: what a schema can say. */
  | { readonly kind: 'shape' }
  /** Anything else; `isBusiness` when it names a reason that no schema can state: nothing there, not allowed, no network. */
  | { readonly kind: 'other'; readonly isBusiness: boolean };

/**
 * Reads the words of an error as a client can that knows nothing of the server.
 *
 * The surest signs come first: messages of runtimes and of well-known validators are the same everywhere, while "must
 * be" and "invalid" stand in all kinds of texts.
 */
export function readErrorWords(text: string): ErrorWords {
  const phrase = firstMatch(exceptions, text);
  if (phrase !== undefined) return { kind: 'exception', phrase };
  if (speaksOf(validators, text)) return { kind: 'shape' };
  const name = exceptionNames.exec(text)?.[0];
  if (name !== undefined && !speaksOf(shapes, text)) return { kind: 'exception', phrase: name };
  const isBusiness = speaksOf(business, text);
  return isBusiness || !speaksOf(shapes, text) ? { kind: 'other', isBusiness } : { kind: 'shape' };
}

/** Messages that runtimes make, so that no author wrote them. */
const exceptions: readonly RegExp[] = [
  // JavaScript
  /Cannot (?:read|set) propert(?:y|ies) (?:'[^']*' )?of (?:undefined|null)(?: \((?:reading|setting) '[^']*'\))?/,
  /Cannot convert undefined or null to object|Cannot destructure property|Maximum call stack size exceeded/,
  /\S+ is not (?:a function|iterable|a constructor)\b/,
  /Reduce of empty array with no initial value|ReferenceError: \S+ is not defined|Invalid array length|Invalid string length|URI malformed/,
  // Python
  /Traceback \(most recent call last\)|'NoneType' object|object is not (?:subscriptable|callable|iterable)/,
  /object has no attribute '[^']*'|unsupported operand type|(?:list|string|tuple) index out of range/,
  /unhashable type|codec can't (?:en|de)code|maximum recursion depth exceeded/,
  // Go, Rust
  /panic: |runtime error: |nil pointer dereference|goroutine \d+ \[|panicked at|called `\w+::unwrap\(\)`/,
  // JVM, .NET, Ruby, PHP
  /NullPointerException|ClassCastException|IndexOutOfBoundsException|NullReferenceException/,
  /Object reference not set to an instance|undefined method [`']|Fatal error: Uncaught/,
  // The server finds that its own answer breaks its outputSchema.
  /output validation error/i,
];

/** Names that an author may have chosen too. */
const exceptionNames = /\b(?:TypeError|ReferenceError|AttributeError|KeyError|IndexError|AssertionError)\b/;

/** What validators say. */
const validators: readonly RegExp[] = [
  /(?:input|argument|parameter|request|schema) validation (?:error|fail)|validation errors? (?:for|in)\b/i,
  /invalid (?:arguments|input|parameters) (?:for|to) (?:tool|function)/i,
  // zod
  /\binvalid_(?:type|enum_value|string|union|value|format|literal|date|arguments|key|element)\b|"(?:too_small|too_big|unrecognized_keys|not_multiple_of)"/,
  /expected [\w ]+, received \w+|unrecognized keys?\b|invalid enum value|invalid option: expected|too (?:small|big): expected/i,
  /(?:string|array|number|set) must (?:contain|be) (?:at|less|greater|exactly)/i,
  // pydantic, jsonschema
  /input should (?:be|have|match|not)\b|field required|extra inputs are not permitted|\[type=\w+/i,
  /(?:string|list|tuple|set|dictionary|bytes|data|value) should have at (?:least|most)|string should match pattern/i,
  /is a required property|is not of type '|is not one of \[|is not valid under any of the given schemas|was unexpected\)/,
  /is (?:less|greater) than (?:or equal to )?the (?:minimum|maximum)|is too (?:short|long)\b|does not match '|has non-unique elements|is not a multiple of/,
  // Ajv
  /must (?:not have (?:additional|unevaluated|fewer|more)|have required propert|be equal to (?:one of the allowed|constant)|match (?:pattern|format|exactly one|a schema|"then"))/i,
  // serde, encoding/json, Python's own calls
  /invalid type: .+, expected |missing field `|unknown (?:field|variant) `|cannot unmarshal \w+ into/,
  /missing \d+ required (?:positional|keyword)|unexpected keyword argument/,
];

/** What people write who check by hand. */
const shapes: readonly RegExp[] = [
  /validation (?:error|failed|failure)|failed validation|ValidationError/i,
  /\binvalid (?:argument|input|parameter|param|type|length|range|number|integer|boolean)\b/i,
  /\b(?:must|should|has to|needs to) (?:not )?be (?:an? |of type |either |the )?(?:valid )?(?:json )?(?:string|number|integer|whole|boolean|object|array|list|null|empty|non-?empty|one of|at least|at most|between|greater|less|positive|negative|non-?negative|more than|in the range|<|>|≥|≤)/i,
  /\b(?:must|should) (?:have|contain) (?:at|no more|only|between|exactly)/i,
  /(?:out of|not in|outside (?:of )?the) (?:the )?(?:allowed |valid )?range/i,
  /missing (?:the )?(?:required |mandatory )?(?:argument|parameter|property|field|input)|(?:argument|parameter|property|field|input)s?\b.{0,60}\b(?:is|are) (?:missing|required)/i,
  /["'`]?[\w.]+["'`]? (?:is|are) required\b/i,
  /unknown (?:argument|parameter|property|field|key|option|member)|unexpected (?:argument|parameter|property|field)/i,
  /expected (?:an? )?(?:string|number|integer|boolean|object|array|list)\b|not a (?:string|number|integer|boolean)\b|wrong type|NaN\b/i,
];

/** Reasons that no schema can state. */
const business: readonly RegExp[] = [
  /\bE(?:NOENT|ACCES|PERM|EXIST|INVAL|ISDIR|NOTDIR|NOTEMPTY|CONN\w+|NOTFOUND|TIMEDOUT|MFILE|NAMETOOLONG|LOOP|ROFS|NOSPC)\b|\[Errno -?\d+\]/,
  /not found|no such|does(?: not|n't) exist|could(?: not|n't) find|already exists|unknown (?:time ?zone|id|user|resource)/i,
  /access denied|permission|forbidden|unauthori[sz]ed|not allowed|outside (?:of )?(?:the )?allowed/i,
  /(?:authentication|authori[sz]ation|login|api[ _-]?key|access token|credentials?|licen[cs]e|subscription)\b.{0,40}\b(?:required|missing|invalid|must)/i,
  /timed? ?out|rate limit|network|connection|unreachable|unavailable|HTTP \d{3}|status(?: code)? \d{3}/i,
];

function firstMatch(patterns: readonly RegExp[], text: string): string | undefined {
  for (const pattern of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return match[0];
  }
  return undefined;
}

function speaksOf(patterns: readonly RegExp[], text: string): boolean {
  return patterns.some((pattern) => pattern.test(text));
}
