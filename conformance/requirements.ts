/** What a server owes its clients, and where that is written. */
export interface Requirement {
  /** A section of a specification, or an RFC. */
  readonly source: string;
  readonly behaviour: string;
}

const mcp = 'https://modelcontextprotocol.io/specification/2025-06-18';
const jsonRpc = 'https://www.jsonrpc.org/specification';
const openapi = 'https://spec.openapis.org/oas/v3.1.1';
const rfc = 'https://www.rfc-editor.org/rfc/rfc';
const names = 'https://modelcontextprotocol.io/specification/2025-11-25/server/tools#tool-names';

/** All requirements; each is cited by a check, and each check cites one. */
export const requirements: ReadonlyMap<string, Requirement> = new Map(
  Object.entries({
    'stdout-is-messages': {
      source: `${mcp}/basic/transports`,
      behaviour:
        'The server writes nothing that is not a valid MCP message: one a line to stdout, one in each body or event over HTTP.',
    },
    'id-echoed': {
      source: `${mcp}/basic#responses`,
      behaviour: 'A response has the id of its request, with the same type.',
    },
    'one-response': {
      source: `${mcp}/basic#responses`,
      behaviour: 'A request gets one response, not several.',
    },
    'requests-are-answered': {
      source: `${jsonRpc}#request_object`,
      behaviour: 'Every request is answered.',
    },
    'result-xor-error': {
      source: `${mcp}/basic#responses`,
      behaviour: 'A response has either a result or an error, never both.',
    },
    'error-object': {
      source: `${jsonRpc}#error_object`,
      behaviour: 'An error has an integer code and a message that is a string.',
    },
    'message-schema': {
      source: 'https://github.com/modelcontextprotocol/modelcontextprotocol/tree/main/schema',
      behaviour: 'Messages satisfy the schema of the negotiated revision.',
    },
    'progress-increases': {
      source: `${mcp}/basic/utilities/progress`,
      behaviour:
        'Progress increases with each notification, names the token of a request in progress, and stops at its end.',
    },
    'server-stays': {
      source: `${mcp}/basic/lifecycle#operation`,
      behaviour: 'The server runs until its client leaves, whatever it was sent.',
    },
    'notifications-declared': {
      source: `${mcp}/basic/lifecycle#capability-negotiation`,
      behaviour: 'The server notifies only of what it declared.',
    },
    'version-negotiated': {
      source: `${mcp}/basic/lifecycle#version-negotiation`,
      behaviour:
        'A version that the server supports is echoed; for one that it does not, it offers one that it does.',
    },
    'capabilities-served': {
      source: `${mcp}/basic/lifecycle#capability-negotiation`,
      behaviour: 'What is declared is served, and what is served is declared.',
    },
    'method-not-found': {
      source: `${jsonRpc}#error_object`,
      behaviour: 'A method that the server does not know is refused with -32601.',
    },
    'input-survived': {
      source: `${jsonRpc}#error_object`,
      behaviour: 'Texts that are no JSON, and JSON that is no request, leave the server able to work.',
    },
    ping: {
      source: `${mcp}/basic/utilities/ping`,
      behaviour: 'The server answers a ping promptly, with an empty result.',
    },
    'ends-with-input': {
      source: `${mcp}/basic/lifecycle#stdio`,
      behaviour: 'The server ends when its stdin is closed.',
    },
    'cancelled-is-silent': {
      source: `${mcp}/basic/utilities/cancellation#behavior-requirements`,
      behaviour: 'A cancelled request is stopped, and gets no response.',
    },
    'pages-complete': {
      source: `${mcp}/server/utilities/pagination`,
      behaviour: 'The cursors of a list lead to each tool once, and to an end.',
    },
    'bad-cursor-refused': {
      source: `${mcp}/server/utilities/pagination#error-handling`,
      behaviour: 'A cursor that the server did not give is refused with -32602.',
    },
    'list-is-stable': {
      source: `${mcp}/server/tools#listing-tools`,
      behaviour: 'Without a change of its tools, the server lists the same ones in the same order.',
    },
    'tool-names-valid': {
      source: names,
      behaviour: 'Tool names have 1 to 128 characters out of A-Z, a-z, 0-9, "_", "-" and ".".',
    },
    'tool-names-unique': {
      source: `${mcp}/server/tools#tool`,
      behaviour: 'A tool name stands for one tool.',
    },
    'schemas-valid': {
      source: 'https://json-schema.org/draft/2020-12/json-schema-core#section-8.1.1',
      behaviour: 'Schemas are valid in the dialect that they name, or else in 2020-12.',
    },
    'schema-roots-are-objects': {
      source: `${mcp}/server/tools#tool`,
      behaviour: 'The root of an input or output schema has the type "object".',
    },
    'references-resolve': {
      source: 'https://json-schema.org/draft/2020-12/json-schema-core#section-8.2.3.1',
      behaviour: 'References lead to a schema within the same document, or to a meta-schema.',
    },
    'schemas-satisfiable': {
      source: `${mcp}/server/tools#tool`,
      behaviour: 'An input schema describes arguments that a tool can be called with.',
    },
    'schema-words-exist': {
      source: 'https://json-schema.org/draft/2020-12/json-schema-core#section-6.5',
      behaviour:
        'A keyword that JSON Schema does not know asserts nothing, and a required member is described.',
    },
    'annotations-coherent': {
      source: `${mcp}/schema#toolannotations`,
      behaviour: 'Annotations are booleans that do not contradict each other.',
    },
    'tools-described': {
      source: `${mcp}/server/tools#tool`,
      behaviour: 'A tool says what it does.',
    },
    'schema-is-kept': {
      source: `${mcp}/server/tools#tool`,
      behaviour:
        'The input schema defines the parameters that a tool expects: it takes what its schema accepts.',
    },
    'schema-is-whole': {
      source: `${mcp}/server/tools#tool`,
      behaviour:
        'What a tool asks of its arguments stands in its input schema, as far as a schema can say it.',
    },
    'tool-errors-are-results': {
      source: `${mcp}/server/tools#error-handling`,
      behaviour: 'A failure of a tool is told in its result, in words that its caller can act on.',
    },
    'content-is-readable': {
      source: `${mcp}/server/tools#tool-result`,
      behaviour:
        'Content blocks hold what their type says: base64 with its media type, resources with their URI.',
    },
    'output-schema-is-kept': {
      source: `${mcp}/server/tools#output-schema`,
      behaviour: 'A tool with an output schema gives structured results that conform to it.',
    },
    'text-is-structured-content': {
      source: `${mcp}/server/tools#structured-content`,
      behaviour: 'Structured content stands in a text block too, as the same JSON.',
    },
    'integers-are-exact': {
      source: 'https://www.rfc-editor.org/rfc/rfc8259#section-6',
      behaviour: 'Integers within 53 bits keep their exact value.',
    },
    'inputs-are-validated': {
      source: `${mcp}/server/tools#security-considerations`,
      behaviour: 'Servers validate all inputs of tools.',
    },
    'types-are-kept': {
      source: 'https://json-schema.org/draft/2020-12/json-schema-validation#section-6.1.1',
      behaviour: 'A value has one of the types that the schema names; nothing is read as another.',
    },
    'outputs-are-sanitized': {
      source: `${mcp}/server/tools#security-considerations`,
      behaviour: 'Servers sanitize what tools answer: no stack traces, no paths of programs, no secrets.',
    },
    'unknown-tool-refused': {
      source: `${mcp}/server/tools#error-handling`,
      behaviour: 'A call of a tool that does not exist is refused with -32602.',
    },
    'arguments-are-an-object': {
      source: `${mcp}/schema#calltoolrequest`,
      behaviour: 'The arguments of a call are an object, or absent.',
    },
    'refused-calls-leave-nothing': {
      source: `${mcp}/server/tools#error-handling`,
      behaviour: 'A call that is refused changes nothing for the calls after it.',
    },
    'read-only-changes-nothing': {
      source: `${mcp}/schema#toolannotations`,
      behaviour: 'A tool with readOnlyHint does not modify its environment.',
    },
    'idempotent-once': {
      source: `${mcp}/schema#toolannotations`,
      behaviour:
        'A tool with idempotentHint, called again with the same arguments, has no additional effect on its environment.',
    },
    'deterministic-as-promised': {
      source: `${mcp}/schema#toolannotations`,
      behaviour:
        'A tool that its owner calls deterministic gives equal answers to equal arguments; no annotation says so.',
    },
    'failed-write-without-trace': {
      source: `${mcp}/server/tools#error-handling`,
      behaviour: 'A call that answers with an error has changed nothing; wanted by good sense, not by MCP.',
    },
    'answers-find-owners': {
      source: `${mcp}/basic#responses`,
      behaviour: 'Of calls under way at once, each gets the answer to its own arguments.',
    },
    'calls-do-not-block': {
      source: `${mcp}/basic/utilities/ping`,
      behaviour: 'A call that takes long does not hold up another.',
    },
    'ping-during-calls': {
      source: `${mcp}/basic/utilities/ping`,
      behaviour: 'The server answers a ping promptly, while a call is under way too.',
    },
    'serial-equals-concurrent': {
      source: `${mcp}/server/tools#calling-tools`,
      behaviour: 'The same arguments give the same answer, alone and among other calls.',
    },
    'document-is-valid': {
      source: `${openapi}#openapi-description-structure`,
      behaviour: 'A document satisfies the schema of its version, and its references lead to something.',
    },
    'document-is-canonical': {
      source: `${rfc}8785.html#section-3.2`,
      behaviour:
        'Equal contracts have equal bytes: the document is in canonical form, and has its own digest.',
    },
    'document-is-lossless': {
      source: `${openapi}#schema-object`,
      behaviour:
        'The schema of a body accepts and refuses what the input schema does, and says what it says.',
    },
    'rest-equals-mcp': {
      source: `${mcp}/server/tools#calling-tools`,
      behaviour: 'A tool gets the arguments that the caller sent, and the caller what the tool answered.',
    },
    'invalid-stays-out': {
      source: `${rfc}9110.html#section-15.5`,
      behaviour:
        'What violates the contract is the fault of the client, and is answered without asking the server.',
    },
    'answers-are-documented': {
      source: `${openapi}#responses-object`,
      behaviour: 'Each status and content type of an answer is declared by its operation.',
    },
    'methods-are-refused': {
      source: `${rfc}9110.html#section-15.5.6`,
      behaviour:
        'A method that the path does not have is refused with 405, and Allow names those that it has.',
    },
    'credentials-are-required': {
      source: `${rfc}9110.html#section-11.6.1`,
      behaviour:
        'Without valid credentials a call is refused with 401, and WWW-Authenticate says how to get in.',
    },
    'contract-is-kept': {
      source: `${mcp}/server/tools#list-changed-notification`,
      behaviour:
        'What clients rely on stays: a change that breaks the committed contract is a decision, no accident.',
    },
  }),
);
