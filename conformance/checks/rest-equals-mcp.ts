import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';
import { agrees, saysWords, toExpectedBody } from '../gateway/agrees.ts';
import { parseExactly } from '../gateway/exact-json.ts';
import type { GatewayUnderTest } from '../gateway/gateway.ts';
import { describeAnswer, findObstacle, isRefused, isSuccess, toCall } from '../gateway/rest-call.ts';
import type { HttpAnswer } from '../gateway/rest-client.ts';
import type { RestOperation } from '../gateway/rest-document.ts';
import { listTwinCalls, type TwinCall } from '../gateway/twin-calls.ts';
import { describeReply } from '../target/initialize.ts';
import type { ListedTool } from '../target/list-tools.ts';
import { isWhole, type PendingReply, type Reply, type Session } from '../target/session.ts';
import { errorTextOf } from '../fuzzing/read-answer.ts';
import type { Probe, ProbeContext } from './check.ts';
import { createContractCheck, RequestBudget } from './contract-check.ts';
import { isAnswered, toLines } from './evidence.ts';
import type { ToolFault } from './judge-tools.ts';
import { quickTools } from './views.ts';

const MAX_CALLS = 300;
const MAX_TIME_MS = 60_000;
const MAX_DIFF_CHARACTERS = 8_000;

export const restEqualsMcp: Probe = createContractCheck(
  {
    id: 'contract/rest-equals-mcp',
    title: 'A call through REST gives what it gives over MCP',
    severity: 'error',
    requirement: 'rest-equals-mcp',
  },
  async (gateway, context) => {
    if (!gateway.hasServer)
      return { kind: 'not-exercised', reason: 'no MCP server was named to compare it with' };
    const obstacle = findObstacle(gateway);
    if (obstacle !== undefined) return { kind: 'not-exercised', reason: obstacle };
    const budget = new RequestBudget(MAX_CALLS, MAX_TIME_MS);
    const compared = new Set<string>();
    for (const tool of quickTools(context)) {
      const operation = gateway.operationOf(tool.name);
      if (operation === undefined) continue;
      for (const call of listTwinCalls(tool, context)) {
        if (!budget.take()) break;
        const outcome = await compare({ gateway, operation, tool, call, context });
        if (outcome.kind === 'unknown') continue;
        compared.add(tool.name);
        if (outcome.kind === 'differs') break;
      }
    }
    return compared.size === 0
      ? { kind: 'not-exercised', reason: 'no tool that may be called answers the same twice' }
      : { kind: 'exercised', tools: [...compared] };
  },
);

interface Comparison {
  readonly gateway: GatewayUnderTest;
  readonly operation: RestOperation;
  readonly tool: ListedTool;
  readonly call: TwinCall;
  readonly context: ProbeContext;
}

/** `unknown`: the server does not agree with itself, or did not answer. */
type Outcome = { readonly kind: 'same' | 'differs' | 'unknown' };

async function compare(comparison: Comparison): Promise<Outcome> {
  const { gateway, operation, tool, call, context } = comparison;
  const session = await context.session();
  const { pending, reply } = await callOverMcp(session, comparison);
  if (!isAnswered(reply)) return { kind: 'unknown' };
  const request = toCall(operation, call.text);
  const answer = await gateway.request(request);
  if (isRefused(answer)) return { kind: 'unknown' };
  const fault = findFault(reply, answer);
  if (fault === undefined) return { kind: 'same' };
  // What has changed by itself meanwhile, or is another in each process, proves nothing.
  const again = (await callOverMcp(session, comparison)).reply;
  const elsewhere = (await callOverMcp(await context.openReady(), comparison)).reply;
  const first = toText(reply);
  if (toText(again) !== first || toText(elsewhere) !== first) return { kind: 'unknown' };
  context.report({
    ...fault,
    variant: `${fault.variant}: ${call.about}`,
    tool: tool.name,
    arguments: call.arguments,
    lines: toLines(pending, reply),
    curl: gateway.toCurl(request),
  });
  return { kind: 'differs' };
}

async function callOverMcp(
  session: Session,
  { tool, call }: Comparison,
): Promise<{ readonly pending: PendingReply; readonly reply: Reply }> {
  const params = { name: tool.name, arguments: call.arguments };
  const pending = session.start('tools/call', params, { respell: call.respell });
  return { pending, reply: await pending.reply };
}

function findFault(
  reply: Extract<Reply, { kind: 'result' | 'error' }>,
  answer: HttpAnswer,
): ToolFault | undefined {
  const words = errorTextOf(reply);
  const isError = reply.kind === 'error' || words !== '' || isToolError(reply.result);
  if (isError) {
    if (isSuccess(answer)) {
      return {
        variant: 'error hidden',
        title: 'What is an error over MCP is a success through REST',
        expected: `an error status: ${describeReply(reply)}`,
        seen: describeAnswer(answer),
      };
    }
    if (answer.kind === 'failed' || saysWords(words, answer.text)) return undefined;
    return {
      variant: 'words lost',
      title: 'The words of an error are lost on the way through REST',
      severity: 'warning',
      expected: `an answer that repeats: ${words.slice(0, 200)}`,
      seen: describeAnswer(answer),
    };
  }
  if (answer.kind === 'failed' || !isSuccess(answer)) {
    return {
      variant: 'error',
      title: 'What is a result over MCP is an error through REST',
      expected: `a success: ${describeReply(reply)}`,
      seen: describeAnswer(answer),
    };
  }
  // Evidence is cut where it is long; what was parsed of it is rounded, and compared with what is rounded alike.
  const exact = isWhole(reply.line) ? parseExactly(reply.line.text) : undefined;
  const result = (isJsonObject(exact) ? exact['result'] : undefined) ?? reply.result;
  const body = exact === undefined ? parseRounded(answer.text) : parseExactly(answer.text);
  if (body !== undefined && agrees(result, body)) return undefined;
  return {
    variant: 'answer',
    title: 'A call through REST gives something else than over MCP',
    expected: describeReply(reply),
    seen: describeAnswer(answer),
    ...toDiff(result, body),
  };
}

/** Both values, unless they would fill a report. */
function toDiff(result: JsonValue, seen: JsonValue | undefined): Pick<ToolFault, 'diff'> {
  if (seen === undefined) return {};
  const diff = { expected: toExpectedBody(result), seen };
  return JSON.stringify(diff).length > MAX_DIFF_CHARACTERS ? {} : { diff };
}

function isToolError(result: JsonValue): boolean {
  return typeof result === 'object' && result !== null && 'isError' in result && result.isError === true;
}

function parseRounded(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function toText(reply: Reply): string {
  const value: JsonObject =
    reply.kind === 'result' ? { result: reply.result } : { error: describeReply(reply) };
  return JSON.stringify(value);
}
