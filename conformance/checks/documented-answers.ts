import { isJsonObject, type JsonObject } from '../../src/index.ts';
import { describeAnswer, findObstacle, toCall, type AnsweredRequest } from '../gateway/rest-call.ts';
import type { RestRequest } from '../gateway/rest-client.ts';
import type { RestDocument, RestOperation } from '../gateway/rest-document.ts';
import type { ListedTool } from '../target/list-tools.ts';
import type { Probe, ProbeContext } from './check.ts';
import { createContractCheck, RequestBudget } from './contract-check.ts';
import { quickTools } from './views.ts';

const MAX_REQUESTS = 200;
const MAX_TIME_MS = 30_000;
const VALID_CALLS = 4;

export const documentedAnswers: Probe = createContractCheck(
  {
    id: 'contract/documented-answers',
    title: 'The document declares every status and content type',
    severity: 'error',
    requirement: 'answers-are-documented',
  },
  async (gateway, context) => {
    const obstacle = findObstacle(gateway);
    if (obstacle !== undefined) return { kind: 'not-exercised', reason: obstacle };
    const budget = new RequestBudget(MAX_REQUESTS, MAX_TIME_MS);
    const told = new Set<string>();
    const tried = new Set<string>();
    for (const tool of context.tools) {
      const operation = gateway.operationOf(tool.name);
      if (operation === undefined) continue;
      for (const { request, args } of listRequests(tool, operation, context)) {
        if (!budget.take()) break;
        const answer = await gateway.request(request);
        // What is not answered declares nothing.
        if (answer.kind === 'failed') continue;
        tried.add(tool.name);
        const fault = findFault(gateway.document, operation, answer);
        if (fault === undefined || told.has(fault.variant)) continue;
        told.add(fault.variant);
        context.report({
          ...fault,
          tool: tool.name,
          ...(args !== undefined && { arguments: args }),
          seen: describeAnswer(answer),
          curl: gateway.toCurl(request),
        });
      }
    }
    return tried.size === 0
      ? { kind: 'not-exercised', reason: 'no request was answered' }
      : { kind: 'exercised', tools: [...tried] };
  },
);

interface TriedRequest {
  readonly request: RestRequest;
  readonly args?: JsonObject;
}

/** What makes a gateway answer in different ways; nothing that a tool could act on, where it may not be called. */
function* listRequests(
  tool: ListedTool,
  operation: RestOperation,
  context: ProbeContext,
): Iterable<TriedRequest> {
  const { url } = operation;
  yield { request: { method: 'POST', url, body: '{' } };
  yield { request: { method: 'POST', url, body: '{', contentType: 'text/plain' } };
  if (!quickTools(context).includes(tool)) return;
  for (const args of context.arguments.argumentsFor(tool, VALID_CALLS)) {
    yield { request: toCall(operation, JSON.stringify(args)), args };
  }
  yield { request: { method: 'POST', url } };
  // Where no key is asked for after all, this is a call as well.
  if (operation.isSecured) yield { request: { method: 'POST', url, body: '{}', credentials: 'none' } };
  const generator = context.generatorOf(tool);
  if (generator.kind === 'untestable') return;
  for (const { text, value } of generator.negatives()) {
    yield { request: toCall(operation, text), ...(isJsonObject(value) && { args: value }) };
    return;
  }
}

interface AnswerFault {
  readonly variant: string;
  readonly title: string;
  readonly expected: string;
}

function findFault(
  { resolve }: RestDocument,
  { source }: RestOperation,
  { status, headers, text }: AnsweredRequest,
): AnswerFault | undefined {
  const responses = isJsonObject(source['responses']) ? source['responses'] : {};
  const declared =
    responses[String(status)] ?? responses[`${Math.floor(status / 100)}XX`] ?? responses['default'];
  if (declared === undefined) {
    return {
      variant: `status ${status}`,
      title: `An answer has the status ${status}, which the document does not declare`,
      expected: `one of ${Object.keys(responses).join(', ')}`,
    };
  }
  const { content } = resolve(declared);
  const types = isJsonObject(content) ? Object.keys(content) : [];
  const type = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (text === '' || types.some((range) => isIn(type, range))) return undefined;
  return {
    variant: `content type of ${status}`,
    title: `An answer of ${status} has a content type that the document does not declare`,
    expected: types.length === 0 ? 'no body' : types.join(', '),
  };
}

/** RFC 9110 section 12.5.1: media ranges. */
function isIn(type: string, range: string): boolean {
  const [wanted = ''] = range.toLowerCase().split(';');
  return (
    wanted === '*/*' || wanted === type || (wanted.endsWith('/*') && type.startsWith(wanted.slice(0, -1)))
  );
}
