import { isJsonObject, type JsonValue } from '../../src/index.ts';
import type { FaultySample } from '../arbitraries/negatives/create-negatives.ts';
import { toIdentity } from '../arbitraries/json.ts';
import type { GatewayUnderTest } from '../gateway/gateway.ts';
import { describeAnswer, findObstacle, isRefused, isSuccess, toCall } from '../gateway/rest-call.ts';
import type { HttpAnswer } from '../gateway/rest-client.ts';
import type { RestOperation } from '../gateway/rest-document.ts';
import type { SentCall } from '../gateway/sent-log.ts';
import type { ListedTool } from '../target/list-tools.ts';
import type { Probe, ProbeContext } from './check.ts';
import { createContractCheck, RequestBudget } from './contract-check.ts';
import { quickTools } from './views.ts';

const MAX_REQUESTS = 600;
const MAX_TIME_MS = 60_000;
const PER_TOOL = 40;
const MAX_NAMES = 5;

export const invalidStaysOut: Probe = createContractCheck(
  {
    id: 'contract/invalid-stays-out',
    title: 'Invalid arguments are refused, and never reach the server',
    severity: 'error',
    requirement: 'invalid-stays-out',
  },
  async (gateway, context) => {
    const obstacle = findObstacle(gateway);
    if (obstacle !== undefined) return { kind: 'not-exercised', reason: obstacle };
    const budget = new RequestBudget(MAX_REQUESTS, MAX_TIME_MS);
    const tried: string[] = [];
    for (const tool of quickTools(context)) {
      const operation = gateway.operationOf(tool.name);
      // What has no body sends nothing on.
      if (operation?.inputSchema === undefined) continue;
      const mark = gateway.sent?.mark() ?? 0;
      const trials = await sendAll({ gateway, operation, tool, context }, budget);
      if (trials.length === 0) continue;
      tried.push(tool.name);
      const sent = gateway.sent?.callsSince(mark) ?? [];
      judge({ gateway, operation, tool, context }, trials, sent);
    }
    return tried.length === 0
      ? { kind: 'not-exercised', reason: 'no tool that may be called has a schema that can be violated' }
      : { kind: 'exercised', tools: tried };
  },
);

interface Place {
  readonly gateway: GatewayUnderTest;
  readonly operation: RestOperation;
  readonly tool: ListedTool;
  readonly context: ProbeContext;
}

interface Trial {
  readonly sample: FaultySample;
  readonly answer: HttpAnswer;
}

async function sendAll(
  { gateway, operation, tool, context }: Place,
  budget: RequestBudget,
): Promise<readonly Trial[]> {
  const generator = context.generatorOf(tool);
  if (generator.kind === 'untestable') return [];
  const trials: Trial[] = [];
  for (const sample of generator.negatives()) {
    if (trials.length === PER_TOOL || !budget.take()) break;
    const answer = await gateway.request(toCall(operation, sample.text));
    if (isRefused(answer)) break;
    trials.push({ sample, answer });
  }
  const [valid] = context.arguments.argumentsFor(tool, 1);
  // What was passed on before this call has reached the server when it is answered.
  if (gateway.sent !== undefined && valid !== undefined) {
    await gateway.request(toCall(operation, JSON.stringify(valid)));
  }
  return trials;
}

function judge(place: Place, trials: readonly Trial[], sent: readonly SentCall[]): void {
  const { tool } = place;
  const passed = new Set(
    sent.filter((call) => call.tool === tool.name).map((call) => identify(call.arguments)),
  );
  const accepted = trials.filter(({ answer }) => isSuccess(answer));
  const strict = accepted.filter(({ sample }) => !sample.isCoercible);
  const coerced = accepted.filter(({ sample }) => sample.isCoercible);
  const quiet = trials.filter(
    ({ sample, answer }) => !isSuccess(answer) && passed.has(identify(sample.value)),
  );
  // A gateway that knows the contract says whose fault it is.
  const blamed = trials.filter(
    (trial) => isServerFault(trial.answer) && !quiet.includes(trial) && !accepted.includes(trial),
  );
  const all = trials.length;
  tell(place, all, strict, 'accepted', 'Invalid arguments are accepted through REST');
  tell(place, all, coerced, 'coerced', 'Arguments of the wrong type are accepted through REST');
  tell(place, all, quiet, 'passed on', 'Invalid arguments reach the server through REST');
  tell(
    place,
    all,
    blamed,
    'server error',
    'Invalid arguments are answered as a failure of the gateway',
    'warning',
  );
}

function tell(
  { gateway, operation, tool, context }: Place,
  all: number,
  trials: readonly Trial[],
  variant: string,
  title: string,
  severity?: 'warning',
): void {
  const [first] = trials;
  if (first === undefined) return;
  const { sample, answer } = first;
  const names = [...new Set(trials.map(({ sample: { site } }) => `${site.pointer}/${site.keyword}`))];
  const more = names.length > MAX_NAMES ? `, ${names.length - MAX_NAMES} more` : '';
  context.report({
    variant,
    title,
    ...(severity !== undefined && { severity }),
    tool: tool.name,
    ...(isJsonObject(sample.value) && { arguments: sample.value }),
    expected: 'a status of 4xx, and nothing sent to the server',
    seen: `${describeAnswer(answer)}; ${trials.length} of ${all}: ${names.slice(0, MAX_NAMES).join(', ')}${more}`,
    curl: gateway.toCurl(toCall(operation, sample.text)),
  });
}

function isServerFault(answer: HttpAnswer): boolean {
  return answer.kind === 'failed' || answer.status >= 500;
}

function identify(value: unknown): string {
  // What was parsed from JSON is a JSON value.
  return toIdentity((value ?? null) as JsonValue);
}
