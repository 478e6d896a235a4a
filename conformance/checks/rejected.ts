import type { FindingDraft, Severity } from '../findings/finding.ts';
import { readAnswer } from '../fuzzing/read-answer.ts';
import type { Intent } from '../fuzzing/test-call.ts';
import type { CallCheck } from './check.ts';
import { quote } from './evidence.ts';

export const rejected: CallCheck = {
  kind: 'call',
  id: 'negative/rejected',
  title: 'What the input schema refuses, the tool refuses',
  group: 'negative',
  severity: 'error',
  requirement: 'inputs-are-validated',
  intents: ['invalid'],
  unexercised: 'no invalid call was made',
  judge: ({ intent, reply, what }) => {
    if (intent.kind !== 'invalid') return [];
    const answer = readAnswer(reply);
    // What a lenient server reads as it was meant is another check's.
    if (answer.kind === 'result') return intent.isCoercible ? [] : [toSilence(intent, what, answer.result)];
    if (answer.kind !== 'internal-error' || answer.phrase === undefined) return [];
    return [
      {
        variant: 'accident',
        title: 'Invalid arguments are stopped by an accident, not by a check',
        expected: `isError or -32602, in words about the arguments, since it ${describe(intent, what)}`,
        seen: quote(answer.text),
        place: intent.pointer,
        severity: 'warning',
      },
    ];
  },
};

function toSilence(
  intent: Extract<Intent, { kind: 'invalid' }>,
  what: string,
  result: unknown,
): FindingDraft {
  const { keyword, pointer } = intent;
  return {
    variant: keyword,
    title: `Arguments that violate "${keyword}" are accepted`,
    expected: `isError or -32602, since it ${describe(intent, what)}`,
    seen: `a result: ${quote(JSON.stringify(result))}`,
    place: pointer,
    severity: severityOf(keyword),
  };
}

function describe({ pointer, keyword }: Extract<Intent, { kind: 'invalid' }>, what: string): string {
  return `${what}, against "${keyword}" at ${pointer === '' ? 'the root' : pointer} of the input schema`;
}

/**
 * Some keywords are there for their reader: a format is an annotation unless somebody says otherwise (JSON Schema
 * validation 7.2.1), a member that nobody reads does no harm, and a set may well be given as a list that names things
 * twice.
 */
const mild = new Set(['format', 'additionalProperties', 'unevaluatedProperties', 'uniqueItems']);

function severityOf(keyword: string): Severity {
  return mild.has(keyword) ? 'warning' : 'error';
}
