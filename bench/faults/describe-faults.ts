import { showMs, showNumber } from '../report/format.ts';
import type { FaultsResult } from './faults-result.ts';

/** What faults came to, for people, a sentence each. */
export function describeFaults(faults: FaultsResult): readonly string[] {
  const { users, hangingUp, readingSlowly, calls, failed, lost, wrong, failures, hangUps } = faults;
  const all = calls + failed + lost + wrong;
  return [
    `faults: ${describeEnd(faults)}`,
    `  ${count(users, 'user')}, and beside them ${hangingUp} that hung up (${count(hangUps, 'time')}) and ${readingSlowly} that read slowly`,
    `  ${failed + lost} of ${count(all, 'call')} failed${all === 0 ? '' : `: ${showPercent(faults.failedShare ?? 0)}`}`,
    ...failures.map(
      ({ what, count: times, example }) =>
        `    ${times} x ${what}: ${example.replaceAll(/\s+/g, ' ').slice(0, 120)}`,
    ),
    `  ${lost === 0 ? 'every call was answered' : `${count(lost, 'call')} LOST: no answer came`}; ${wrong === 0 ? 'no answer was wrong' : `${count(wrong, 'answer')} WRONG: not to their own question`}`,
  ];
}

/** Whether everything that must not happen did not. */
export function isSurvived({ wrong, lost, recovery, gatewayEnding }: FaultsResult): boolean {
  return wrong === 0 && lost === 0 && gatewayEnding === null && recovery?.firstSuccessMs !== null;
}

function describeEnd({ recovery, gatewayEnding }: FaultsResult): string {
  if (gatewayEnding !== null) return `the gateway did not survive: ${gatewayEnding}`;
  if (recovery === null) return 'stopped before the server was killed';
  const { firstSuccessMs, formerRateMs, formerCallsPerSecond, laterCallsPerSecond } = recovery;
  if (firstSuccessMs === null) return 'NOT recovered: no call succeeded after the server was killed';
  const first = `calls succeeded ${showMs(firstSuccessMs)} after the server was killed`;
  return formerRateMs === null
    ? `${first}; the former ${showNumber(formerCallsPerSecond)} calls/s were not reached again (${showNumber(laterCallsPerSecond)} at last)`
    : `${first}, as many as before (${showNumber(formerCallsPerSecond)} calls/s) after ${showMs(formerRateMs)}`;
}

function showPercent(part: number): string {
  return `${Number((part * 100).toPrecision(2))} %`;
}

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? '' : 's'}`;
}
