import { markup, type Markup } from '../../../conformance/reporters/html/markup.ts';
import { toCount } from '../../../conformance/reporters/text/summary-text.ts';
import type { BenchResult } from '../../result.ts';
import { showMs, showNumber } from '../format.ts';

type Fact = readonly [name: string, value: string];

/** What a reader sees first: how it went, in one line. */
export function toVerdict(result: BenchResult): Markup {
  const { assertions, pipelining, sweep } = result;
  const missed = assertions.filter(({ isMet }) => !isMet).length;
  const wrong = countWrong(result);
  const headline = pipelining?.verdict.headline ?? describeSpeed(result);
  if (wrong > 0) return verdict('bad', `${wrong} answers were not to their own question`);
  if (missed > 0) return verdict('bad', `${missed} of ${assertions.length} assertions failed; ${headline}`);
  if (sweep.steps.length === 0) return verdict('doubtful', 'Nothing was measured');
  if (pipelining === undefined) return verdict('', headline);
  const tones = { pipelined: 'good', partly: 'doubtful', serialised: 'bad' } as const;
  return verdict(tones[pipelining.verdict.kind], headline);
}

/** The few numbers that matter most. */
export function toTiles(result: BenchResult): Markup {
  const { sweep, baseline, pipelining } = result;
  const best = fastestOf(result);
  const last = sweep.steps.at(-1);
  const failed = sweep.steps.reduce((sum, step) => sum + step.failed, 0);
  const wrong = countWrong(result);
  const added = baseline?.addedLatencyMs ?? null;
  const tiles: readonly (readonly [name: string, value: string, tone: string])[] = [
    ...(best === undefined
      ? []
      : [[`calls/s at most, with ${toUsers(best.users)}`, showNumber(best.callsPerSecond), ''] as const]),
    ...(last === undefined || last.calls === 0
      ? []
      : [[`p99 with ${toUsers(last.users)}`, showMs(last.latencyMs.p99), ''] as const]),
    ['users at the knee', sweep.knee === null ? 'none' : showNumber(sweep.knee), ''],
    ...(added === null
      ? []
      : [['added by the gateway to a call', `${added < 0 ? '' : '+'}${showMs(added)}`, ''] as const]),
    ...(pipelining === undefined
      ? []
      : [[`calls at once of ${pipelining.users}`, showNumber(pipelining.behindGateway.factor), ''] as const]),
    ['calls failed', String(failed), failed > 0 ? 'bad' : ''],
    ['wrong answers', String(wrong), wrong > 0 ? 'bad' : ''],
  ];
  return markup`<ul class="tiles">
    ${tiles.map(([name, value, tone]) => markup`<li class="${tone}"><b>${value}</b> ${name}</li>`)}
  </ul>`;
}

/** What was measured, where and how. */
export function toFacts({ target, sweep, options, machine, startedAt, seconds }: BenchResult): Markup {
  const facts: readonly Fact[] = [
    [target.kind === 'url' ? 'gateway at' : 'server', target.name],
    ...(target.kind === 'url' ? [] : [['gateway', target.gateway] as const]),
    [
      'load',
      sweep.loop === 'closed'
        ? 'closed loop: each user calls again when answered'
        : `open loop: ${options.rate} calls/s are due; late ones count from when they were due`,
    ],
    [
      'steps',
      `up to ${toUsers(options.users)}, at most ${showMs(options.durationMs)} each after ${showMs(options.warmUpMs)} of warm-up; seed ${options.seed}`,
    ],
    [
      'machine',
      `${machine.cpu}, ${machine.cores} cores, ${showNumber(Math.round(machine.memoryMb / 100) / 10)} GB, ${machine.platform}, Node ${machine.node}, load average ${machine.loadAverage}`,
    ],
    ['started', `${startedAt}, took ${showNumber(Math.round(seconds))} s`],
  ];
  return markup`<dl class="facts">
    ${facts.map(
      ([name, value]) =>
        markup`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** The warnings, and what was asserted. */
export function toNotices({ warnings, assertions, isInterrupted }: BenchResult): Markup {
  const items = assertions.map(
    ({ text, isMet, found }) =>
      markup`<li class="${isMet ? 'good' : 'bad'}">${isMet ? '✓ ok' : '✗ failed'}: <code>${text}</code>, ${found}</li>`,
  );
  return markup`${isInterrupted ? markup`<p class="notice doubtful">Interrupted: this is what was measured until then.</p>` : undefined}
    ${warnings.map((warning) => markup`<p class="notice doubtful">note: ${warning}</p>`)}
    ${
      items.length === 0
        ? undefined
        : markup`<h2>Assertions</h2>
            <ul class="checks">
              ${items}
            </ul>`
    }`;
}

/** The calls that users made. */
export function toWork({ work }: BenchResult): Markup {
  return markup`<h2>Calls</h2>
    <ul class="work">
      ${work.map(
        ({ tool, weight, shownArguments, source, hasToken }) =>
          markup`<li>
            <code>${tool}</code>${work.length > 1 ? ` × ${showNumber(weight)}` : ''} <code>${shownArguments}</code>
            <span class="soft"
              >(${source}; ${hasToken ? 'each answer is held against its own token' : 'whose answer is whose cannot be told'})</span
            >
          </li>`,
      )}
    </ul>`;
}

/** What was seen at the pipe. */
export function toPipe({ pipelining, headOfLine }: BenchResult): Markup | undefined {
  if (pipelining === undefined) return undefined;
  const { verdict: found, correlation } = pipelining;
  const { checked, wrong, examples } = correlation;
  const lines = [
    ...found.evidence,
    ...(headOfLine === undefined
      ? []
      : [
          `${headOfLine.fastTool} beside ${headOfLine.slowTool} (${showMs(headOfLine.slowMs)}): p90 ${showMs(headOfLine.besideP90Ms)}, alone ${showMs(headOfLine.aloneP90Ms)}: ${headOfLine.blockedBy === null ? 'nobody waits for it' : `held up by the ${headOfLine.blockedBy}`}`,
        ]),
    checked === 0
      ? 'No tool repeats a token: whose answer is whose was not checked.'
      : wrong === 0
        ? `Each of ${checked} answers was to its own question.`
        : `${wrong} of ${checked} answers were not to their own question.`,
    ...examples,
  ];
  return markup`<h2>In the pipe</h2>
    <p><strong>${found.headline}</strong></p>
    <ul>
      ${lines.map((line) => markup`<li>${line}</li>`)}
    </ul>`;
}

function verdict(tone: string, text: string): Markup {
  return markup`<p class="verdict ${tone}">${text}</p>`;
}

function describeSpeed(result: BenchResult): string {
  const best = fastestOf(result);
  return best === undefined
    ? 'Nothing was measured'
    : `${showNumber(best.callsPerSecond)} calls a second with ${toUsers(best.users)}`;
}

function fastestOf({ sweep }: BenchResult): BenchResult['sweep']['steps'][number] | undefined {
  return sweep.steps.toSorted((a, b) => b.callsPerSecond - a.callsPerSecond)[0];
}

function countWrong({ sweep, pipelining }: BenchResult): number {
  return sweep.steps.reduce((sum, { wrong }) => sum + wrong, 0) + (pipelining?.correlation.wrong ?? 0);
}

function toUsers(count: number): string {
  return toCount(count, 'user');
}
