import { readAnswer } from '../fuzzing/read-answer.ts';
import type { CallCheck } from './check.ts';
import { quote } from './evidence.ts';

export const coercion: CallCheck = {
  kind: 'call',
  id: 'negative/coercion',
  title: 'Values of another type are not read as the right one',
  group: 'negative',
  severity: 'warning',
  requirement: 'types-are-kept',
  intents: ['invalid'],
  unexercised: 'no invalid call was made',
  judge: ({ intent, reply, what }) => {
    if (intent.kind !== 'invalid' || !intent.isCoercible) return [];
    const answer = readAnswer(reply);
    if (answer.kind !== 'result') return [];
    const { pointer, keyword } = intent;
    return [
      {
        variant: keyword,
        title: 'A value of another type is taken for one of the right type',
        expected: `isError or -32602, since it ${what}, against "${keyword}" at ${pointer === '' ? 'the root' : pointer}`,
        seen: `a result: ${quote(JSON.stringify(answer.result))}`,
        place: pointer,
      },
    ];
  },
};
