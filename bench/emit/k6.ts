import { tokenMarker } from '../load/messages.ts';
import { toThresholds } from './k6-thresholds.ts';
import { toVariable, type Emitted, type Scenario } from './scenario.ts';

/** Between two steps, so that one does not end in the next. */
const pauseSeconds = 1;
/** What k6 calls, again and again, for each user. */
const entry = 'export default function ()';

/** The load as a script for k6, which can run it on many machines. */
export function toK6(scenario: Scenario): Emitted {
  const { lines, notes } = toThresholds(scenario);
  return {
    text: toScript(scenario, toThresholdText(lines)),
    command: (path) => `MCPO_URL=${scenario.url} MCPO_API_KEY=… k6 run ${path}`,
    notes,
  };
}

function toScript(scenario: Scenario, thresholds: string): string {
  const { url, work, sequence, headerNames } = scenario;
  const calls = work.map(({ tool, path, argumentsText, hasToken }) =>
    toLiteral({ tool, path, body: argumentsText, hasToken }),
  );
  const headers = headerNames.map((name) => `addHeader(${toLiteral(name)}, __ENV.${toVariable(name)});`);
  return `// Written by mcpo-bench. MCPO_URL is where the gateway is, MCPO_API_KEY its key; MCPO_PODS says how many share the load.
import http from 'k6/http';
import { check, sleep } from 'k6';
import exec from 'k6/execution';
import { Counter, Rate, Trend } from 'k6/metrics';

const url = (__ENV.MCPO_URL || ${toLiteral(url)}).replace(/\\/+$/, '');
const pods = Number(__ENV.MCPO_PODS || 1);
const headers = { 'content-type': 'application/json' };
addHeader('authorization', __ENV.MCPO_API_KEY && \`Bearer \${__ENV.MCPO_API_KEY}\`);
${headers.map((line) => `${line}\n`).join('')}
// What users call, and the order in which each of them does, from a place of its own.
const calls = [
${calls.map((call) => `  ${call},\n`).join('')}];
const sequence = ${toLiteral(sequence)};
// Stands in a body where the token of each call belongs.
const marker = '${tokenMarker}';

const latency = new Trend('mcpo_latency', true);
const succeeded = new Counter('mcpo_calls');
const errors = new Counter('mcpo_errors');
const errorsRate = new Rate('mcpo_errors_rate');
const wrong = new Counter('mcpo_wrong');
const wrongRate = new Rate('mcpo_wrong_rate');

export const options = {
  scenarios: {
${toScenarios(scenario)
  .map((line) => `    ${line},\n`)
  .join('')}  },
  thresholds: {
${thresholds}  },
};

${entry} {
  const user = exec.vu.idInTest;
  const turn = exec.vu.iterationInScenario;
  const call = calls[sequence[(user + turn) % sequence.length]];
  const token = \`mb\${toDigits(user)}\${toDigits(turn)}\`;
  const body = call.hasToken ? call.body.split(marker).join(token) : call.body;
  const answer = http.post(url + call.path, body, {
    headers,
    tags: { name: call.path, tool: call.tool },
    responseType: call.hasToken ? 'text' : 'none',
    timeout: '60s',
  });
  const isAnswered = answer.status === 200;
  const isOwn = !isAnswered || !call.hasToken || answer.body.includes(token);
  check(answer, {
    'the status is 200': () => isAnswered,
    'the answer is to its own question': () => isOwn,
  });
  // Nobody is there: to ask without a pause would only heat.
  if (answer.status === 0) sleep(0.1);
  if (exec.scenario.name === 'warm_up') return;
  errors.add(isAnswered ? 0 : 1);
  errorsRate.add(!isAnswered);
  wrong.add(isOwn ? 0 : 1);
  wrongRate.add(!isOwn);
  const isOk = isAnswered && isOwn;
  succeeded.add(isOk ? 1 : 0);
  if (isOk) latency.add(answer.timings.duration);
}

function toDigits(number) {
  return number.toString(36).padStart(6, '0').slice(-6);
}

function addHeader(name, value) {
  if (value) headers[name] = value;
}
`;
}

function toScenarios({ steps, users, seconds, warmUpSeconds, rate }: Scenario): readonly string[] {
  const warmUp =
    warmUpSeconds > 0
      ? [`warm_up: { executor: 'constant-vus', vus: ${users}, duration: '${toTime(warmUpSeconds)}' }`]
      : [];
  return [
    ...warmUp,
    ...steps.map((step, index) => {
      const start = (warmUpSeconds > 0 ? warmUpSeconds + pauseSeconds : 0) + index * (seconds + pauseSeconds);
      const load =
        rate === undefined
          ? `executor: 'constant-vus', vus: ${step}`
          : `executor: 'constant-arrival-rate', ${toRate(rate)}, preAllocatedVUs: ${step}, maxVUs: ${step}`;
      return `users_${step}: { ${load}, startTime: '${toTime(start)}', duration: '${toTime(seconds)}' }`;
    }),
  ];
}

/** k6 takes whole numbers only. */
function toRate(rate: number): string {
  return Number.isInteger(rate)
    ? `rate: ${rate}, timeUnit: '1s'`
    : `rate: ${Math.max(1, Math.round(rate * 1_000))}, timeUnit: '1000s'`;
}

function toTime(seconds: number): string {
  return `${Math.round(seconds * 1_000)}ms`;
}

function toThresholdText(lines: readonly (readonly [string, string])[]): string {
  const byMetric = new Map<string, readonly string[]>();
  for (const [metric, expression] of lines) {
    byMetric.set(metric, [...(byMetric.get(metric) ?? []), expression]);
  }
  return [...byMetric].map(([metric, all]) => `    '${metric}': [${all.join(', ')}],\n`).join('');
}

/** JSON is JavaScript. */
function toLiteral(value: unknown): string {
  return JSON.stringify(value);
}
