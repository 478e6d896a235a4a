import { describeAnswer, type AnsweredRequest } from '../gateway/rest-call.ts';
import type { RestRequest } from '../gateway/rest-client.ts';
import type { Probe } from './check.ts';
import { createContractCheck } from './contract-check.ts';
import type { ToolFault } from './judge-tools.ts';

const MAX_TOOLS = 5;

export const restAuthentication: Probe = createContractCheck(
  {
    id: 'contract/authentication',
    title: 'Who gives no key, or a wrong one, is refused',
    severity: 'error',
    requirement: 'credentials-are-required',
  },
  async (gateway, context) => {
    const secured = gateway.document.operations.filter(({ isSecured }) => isSecured);
    if (secured.length === 0) {
      return { kind: 'not-exercised', reason: 'the document declares no security' };
    }
    const tried: string[] = [];
    // A gateway treats its tools alike: one example will do.
    const told = new Set<string>();
    // A gateway that asks for no key would make the call.
    for (const tool of context.callable) {
      const operation = secured.find((known) => known.tool === tool.name);
      if (operation === undefined || tried.length === MAX_TOOLS) continue;
      tried.push(tool.name);
      const [args = {}] = context.arguments.argumentsFor(tool, 1);
      const { url } = operation;
      const kinds = gateway.hasCredentials ? (['none', 'wrong'] as const) : (['none'] as const);
      for (const credentials of kinds) {
        const request: RestRequest = { method: 'POST', url, body: JSON.stringify(args), credentials };
        const answer = await gateway.request(request);
        if (answer.kind === 'failed') continue;
        const fault = findFault(credentials, answer);
        if (fault === undefined || told.has(fault.variant)) continue;
        told.add(fault.variant);
        context.report({ ...fault, tool: tool.name, arguments: args, curl: gateway.toCurl(request) });
      }
    }
    return tried.length === 0
      ? { kind: 'not-exercised', reason: 'no tool may be called' }
      : { kind: 'exercised', tools: tried };
  },
);

function findFault(credentials: 'none' | 'wrong', answer: AnsweredRequest): ToolFault | undefined {
  const { status, headers } = answer;
  const seen = describeAnswer(answer);
  const who = credentials === 'none' ? 'without credentials' : 'with a wrong key';
  if (status !== 401 && status !== 403) {
    return {
      variant: credentials,
      title: `A call ${who} is not refused`,
      expected: '401, with WWW-Authenticate',
      seen,
    };
  }
  if (credentials === 'none' && status === 403) {
    return {
      variant: 'forbidden',
      title: 'A call without credentials is answered as one with insufficient ones',
      severity: 'warning',
      expected: '401, with WWW-Authenticate',
      seen,
    };
  }
  if (status === 403 || headers.has('www-authenticate')) return undefined;
  return {
    variant: 'WWW-Authenticate',
    title: 'A refusal does not say how to authenticate',
    expected: 'WWW-Authenticate beside 401',
    seen: `${seen}; no WWW-Authenticate`,
  };
}
