import {
  CallToolResultSchema,
  CompleteResultSchema,
  InitializeResultSchema,
  ListPromptsResultSchema,
  ListResourcesResultSchema,
  ListResourceTemplatesResultSchema,
  ListToolsResultSchema,
  LoggingMessageNotificationSchema,
  PingRequestSchema,
  ProgressNotificationSchema,
  PromptListChangedNotificationSchema,
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ResultSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { isJsonObject, type JsonObject } from '../../src/index.ts';
import type { Received } from '../target/wire-event.ts';
import type { Observer } from './check.ts';

/** As much of a zod schema as is used here. */
interface MessageSchema {
  readonly safeParse: (
    value: unknown,
  ) =>
    | { readonly success: true }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

interface Fault {
  readonly at: string;
  readonly message: string;
  readonly seen: string;
}

const SHOWN_CHARACTERS = 100;

export const messageSchema: Observer = {
  kind: 'observer',
  id: 'wire/message-schema',
  title: 'Messages satisfy the schema of the negotiated revision',
  group: 'wire',
  severity: 'error',
  requirement: 'message-schema',
  unexercised: 'the server sent no message',
  watch:
    ({ report, exercise, server }) =>
    (event) => {
      if (event.kind !== 'received') return;
      const { received, line } = event;
      const subject = toSubject(received);
      if (subject === undefined) return;
      exercise();
      const fault = findFault(subject, server()?.protocolVersion);
      if (fault === undefined) return;
      report({
        variant: `${subject.name} ${fault.at}`,
        title: `${subject.name} does not have the form that MCP gives it`,
        tool: subject.tool,
        expected: fault.message,
        seen: `${fault.seen} at ${fault.at === '' ? 'the root' : fault.at}`,
        lines: [line],
      });
    },
};

interface Subject {
  readonly name: string;
  readonly tool: string | undefined;
  readonly method: string;
  readonly value: unknown;
  readonly schema: MessageSchema;
}

function toSubject(received: Received): Subject | undefined {
  if (received.kind === 'response') {
    const request = received.request ?? received.lookalike;
    if (request === undefined || !('result' in received.message) || 'error' in received.message)
      return undefined;
    const { method, tool } = request;
    const schema = resultSchemas.get(method) ?? ResultSchema;
    return { name: `The result of ${method}`, tool, method, value: received.message['result'], schema };
  }
  if (received.kind !== 'request' && received.kind !== 'notification') return undefined;
  const { method, message } = received;
  const schema = messageSchemas.get(method);
  return schema && { name: method, tool: undefined, method, value: message, schema };
}

function findFault({ method, value, schema }: Subject, revision: string | undefined): Fault | undefined {
  // The SDK's schema forgives a missing content; the specification does not.
  if (method === 'tools/call' && isJsonObject(value)) {
    if (value['content'] === undefined && value['task'] === undefined) {
      return { at: 'content', message: '"content" is an array of content blocks', seen: 'nothing' };
    }
    const block = findUnknownBlock(value, revision);
    if (block !== undefined) return block;
  }
  const outcome = schema.safeParse(value);
  if (outcome.success) return undefined;
  const issue = outcome.error.issues.find(({ path }) => !isJudgedElsewhere(method, path));
  if (issue === undefined) return undefined;
  // Which tool or block it was is told by the line; the same fault in all of them is one finding.
  const at = issue.path.map((step) => (typeof step === 'number' ? '*' : String(step))).join('.');
  return { at, message: issue.message, seen: toSeen(value, issue.path) };
}

function toSeen(value: unknown, path: readonly PropertyKey[]): string {
  let found = value;
  for (const step of path) {
    // What is neither object nor array has no members, and the path ends there.
    found = typeof found === 'object' && found !== null ? Reflect.get(found, step) : undefined;
  }
  const text = found === undefined ? 'nothing' : JSON.stringify(found);
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

/** Schemas and annotations of tools have checks of their own. */
function isJudgedElsewhere(method: string, path: readonly PropertyKey[]): boolean {
  const own = ['inputSchema', 'outputSchema', 'annotations'];
  return method === 'tools/list' && path[0] === 'tools' && own.includes(String(path[2]));
}

function findUnknownBlock(result: JsonObject, revision: string | undefined): Fault | undefined {
  const { content } = result;
  if (!Array.isArray(content) || revision === undefined) return undefined;
  for (const block of content) {
    const type: unknown = isJsonObject(block) ? block['type'] : undefined;
    const since = typeof type === 'string' ? blockTypes.get(type) : undefined;
    if (since !== undefined && since > revision) {
      const message = `no block of type "${String(type)}", which came with ${since}`;
      return { at: 'content.*.type', message, seen: JSON.stringify(type) };
    }
  }
  return undefined;
}

/** Revisions are dates, so they compare as texts. */
const blockTypes: ReadonlyMap<string, string> = new Map([
  ['audio', '2025-03-26'],
  ['resource_link', '2025-06-18'],
]);

const resultSchemas: ReadonlyMap<string, MessageSchema> = new Map<string, MessageSchema>([
  ['initialize', InitializeResultSchema],
  ['tools/list', ListToolsResultSchema],
  ['tools/call', CallToolResultSchema],
  ['resources/list', ListResourcesResultSchema],
  ['resources/templates/list', ListResourceTemplatesResultSchema],
  ['prompts/list', ListPromptsResultSchema],
  ['completion/complete', CompleteResultSchema],
]);

const messageSchemas: ReadonlyMap<string, MessageSchema> = new Map<string, MessageSchema>([
  ['ping', PingRequestSchema],
  ['notifications/progress', ProgressNotificationSchema],
  ['notifications/message', LoggingMessageNotificationSchema],
  ['notifications/resources/updated', ResourceUpdatedNotificationSchema],
  ['notifications/resources/list_changed', ResourceListChangedNotificationSchema],
  ['notifications/tools/list_changed', ToolListChangedNotificationSchema],
  ['notifications/prompts/list_changed', PromptListChangedNotificationSchema],
]);
