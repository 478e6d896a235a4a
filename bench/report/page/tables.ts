import { markup, type Markup } from '../../../conformance/reporters/html/markup.ts';
import { toCount } from '../../../conformance/reporters/text/summary-text.ts';
import type { BenchResult, LoadResult, Step } from '../../result.ts';
import { showNumber } from '../format.ts';

const heads = [
  'users',
  'calls/s',
  'p50 ms',
  'p90 ms',
  'p99 ms',
  'max ms',
  'failed',
  'wrong',
  'gateway µs',
  'server µs',
  'generator µs',
  'in flight',
];

/** All steps, and the baseline below them. */
export function toNumbers({ sweep, baseline }: BenchResult): Markup {
  const levels = baseline?.levels ?? [];
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Numbers">
    <table class="numbers">
      <thead>
        <tr>
          ${heads.map((head) => markup`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${sweep.steps.map((step) => toRow(step, inFlightOf(step), step.users === sweep.knee ? 'knee' : ''))}
      </tbody>
      ${
        levels.length === 0
          ? undefined
          : markup`<tbody>
              ${levels.map((level) => toRow(level, '–', ''))}
            </tbody>`
      }
    </table>
  </div>`;
}

/** What failed, with the start of its first answer. */
export function toFailures({ sweep }: BenchResult): Markup | undefined {
  const failures = sweep.steps.flatMap(({ users, failures: own }) => own.map((each) => ({ users, ...each })));
  if (failures.length === 0) return undefined;
  return markup`<h2>Failures</h2>
    <ul class="failures">
      ${failures.map(
        ({ users, what, count, example }) =>
          markup`<li>${count} × ${what} with ${toCount(users, 'user')}: <code>${example}</code></li>`,
      )}
    </ul>`;
}

function toRow(load: LoadResult, inFlight: string, kind: string): Markup {
  const { users, calls, callsPerSecond, latencyMs, failed, wrong, cpuUsPerCall } = load;
  const { p50, p90, p99, max } = latencyMs;
  const { gateway, server, generator } = cpuUsPerCall;
  const name = inFlight === '–' ? `${users}, straight over the pipe` : String(users);
  const times = [p50, p90, p99, max].map((ms) => (calls === 0 ? '–' : showNumber(ms)));
  return markup`<tr class="${kind}">
    <th scope="row">${name}${kind === 'knee' ? ' (knee)' : ''}</th>
    ${[showNumber(callsPerSecond), ...times].map((cell) => markup`<td>${cell}</td>`)}
    ${[failed, wrong].map((count) => markup`<td class="${count > 0 ? 'bad' : ''}">${count}</td>`)}
    ${[gateway, server, generator].map((us) => markup`<td>${us === null ? '–' : showNumber(us)}</td>`)}
    <td>${inFlight}</td>
  </tr>`;
}

/** A blank where the gateway does not tell: the dash is the baseline's. */
function inFlightOf({ inFlight }: Step): string {
  return inFlight === null ? '' : showNumber(inFlight);
}
