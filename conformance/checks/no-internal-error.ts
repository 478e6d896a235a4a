import { readAnswer } from '../fuzzing/read-answer.ts';
import type { CallCheck } from './check.ts';
import { placeOf, quote } from './evidence.ts';

export const noInternalError: CallCheck = {
  kind: 'call',
  id: 'positive/no-internal-error',
  title: 'Valid arguments make no internal error',
  group: 'positive',
  severity: 'error',
  requirement: 'tool-errors-are-results',
  intents: ['valid', 'hostile'],
  unexercised: 'no valid call was made',
  judge: (call) => {
    const answer = readAnswer(call.reply);
    if (answer.kind !== 'internal-error') return [];
    const { phrase, text } = answer;
    const expected = `a result, or a failure in words that the caller can act on (${call.what})`;
    const seen = quote(text);
    if (phrase !== undefined) {
      const title = 'A valid call makes an exception that nobody caught';
      return [{ variant: phrase.slice(0, 80), title, expected, seen, ...placeOf(call) }];
    }
    // SDKs answer so whenever a tool throws: what it says may well be meant for the caller.
    const title = 'A valid call is answered by an internal error (-32603)';
    return [{ variant: '-32603', title, expected, seen, severity: 'warning', ...placeOf(call) }];
  },
};
