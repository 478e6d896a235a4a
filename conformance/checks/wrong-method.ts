import { isJsonObject, type JsonObject } from '../../src/index.ts';
import type { GatewayUnderTest } from '../gateway/gateway.ts';
import { describeAnswer, findObstacle, type AnsweredRequest } from '../gateway/rest-call.ts';
import type { RestRequest } from '../gateway/rest-client.ts';
import type { RestOperation } from '../gateway/rest-document.ts';
import type { Probe, ProbeContext } from './check.ts';
import { createContractCheck } from './contract-check.ts';

const MAX_TOOLS = 5;

export const wrongMethod: Probe = createContractCheck(
  {
    id: 'contract/methods',
    title: 'Other methods than POST are refused with 405 and Allow',
    severity: 'error',
    requirement: 'methods-are-refused',
  },
  async (gateway, context) => {
    const obstacle = findObstacle(gateway);
    if (obstacle !== undefined) return { kind: 'not-exercised', reason: obstacle };
    const tried: string[] = [];
    // A gateway treats its tools alike: one example will do.
    const told = new Set<string>();
    for (const { name } of context.tools.slice(0, MAX_TOOLS)) {
      const operation = gateway.operationOf(name);
      if (operation === undefined) continue;
      tried.push(name);
      for (const request of listRequests(name, operation, gateway, context)) {
        const answer = await gateway.request(request);
        if (answer.kind === 'failed') continue;
        const fault = findFault(request, answer);
        if (fault === undefined || told.has(fault.variant)) continue;
        told.add(fault.variant);
        context.report({ ...fault, tool: name, seen: describe(answer), curl: gateway.toCurl(request) });
      }
    }
    return tried.length === 0
      ? { kind: 'not-exercised', reason: 'the document has an operation for none of the tools' }
      : { kind: 'exercised', tools: tried };
  },
);

/** Methods that the document does not have at this path; none that may set a tool off that may not be called. */
function listRequests(
  tool: string,
  { path, url }: RestOperation,
  { document }: GatewayUnderTest,
  { callable }: ProbeContext,
): readonly RestRequest[] {
  const paths: JsonObject = isJsonObject(document.source['paths']) ? document.source['paths'] : {};
  const item = isJsonObject(paths[path]) ? paths[path] : {};
  const methods = ['PUT', 'DELETE', ...(callable.some(({ name }) => name === tool) ? ['GET'] : [])];
  return methods
    .filter((method) => !Object.hasOwn(item, method.toLowerCase()))
    .map((method) => ({ method, url, ...(method === 'PUT' && { body: '{' }) }));
}

function findFault(
  { method }: RestRequest,
  { status, headers }: AnsweredRequest,
): { readonly variant: string; readonly title: string; readonly expected: string } | undefined {
  // A tool may be named as a page is: POST is the tool, GET the page.
  if (method === 'GET' && status === 200 && headers.get('content-type')?.startsWith('text/html') === true) {
    return undefined;
  }
  if (status !== 405) {
    return {
      variant: method,
      title: `${method} on the path of a tool is not refused as a wrong method`,
      expected: '405, with Allow: POST',
    };
  }
  const allowed = (headers.get('allow') ?? '').split(',').map((name) => name.trim().toUpperCase());
  if (allowed.includes('POST')) return undefined;
  return {
    variant: 'Allow',
    title: 'A refused method is not told which ones there are',
    expected: 'Allow: POST',
  };
}

function describe(answer: AnsweredRequest): string {
  const allow = answer.headers.get('allow');
  return `${describeAnswer(answer)}; ${allow === undefined ? 'no Allow' : `Allow: ${allow}`}`;
}
