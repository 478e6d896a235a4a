import { isJsonObject, type JsonValue } from '../../src/index.ts';
import { breaksFormat } from '../fuzzing/breaks-format.ts';
import { namesSeveral } from '../fuzzing/names-several.ts';
import { readAnswer } from '../fuzzing/read-answer.ts';
import type { CallCheck } from './check.ts';
import { placeOf, quote } from './evidence.ts';

export const accepted: CallCheck = {
  kind: 'call',
  id: 'positive/accepted',
  title: 'What the input schema accepts, the tool accepts',
  group: 'positive',
  severity: 'error',
  requirement: 'schema-is-kept',
  intents: ['valid'],
  unexercised: 'no valid call was made',
  judge: (call) => {
    const answer = readAnswer(call.reply);
    if (answer.kind !== 'refusal' || breaksFormat(call.tool, call.arguments)) return [];
    if (namesSeveral(call.tool, answer.text)) return [];
    const complaint = toComplaint(withoutOwn(answer.text, call.arguments));
    return [
      {
        variant: complaint,
        title: `A valid call is refused on account of ${complaint}`,
        expected: `a result, or a failure of the tool's own: the input schema accepts these arguments (${call.what})`,
        seen: `${answer.isProtocolError ? 'an error' : 'isError'}: ${quote(answer.text)}`,
        ...placeOf(call),
      },
    ];
  },
};

/** What a refusal is about, so coarsely that it is the same for similar arguments. */
function toComplaint(text: string): string {
  return complaints.find(([, pattern]) => pattern.test(text))?.[0] ?? 'its arguments';
}

/** A validator often quotes what it was given. */
function withoutOwn(text: string, value: JsonValue): string {
  if (typeof value === 'string') {
    const inner = JSON.stringify(value).slice(1, -1);
    return [`"${inner}"`, `'${value}'`, String.raw`\"${inner}\"`].reduce(
      (rest, own) => rest.replaceAll(own, '…'),
      text,
    );
  }
  const parts: readonly JsonValue[] = Array.isArray(value)
    ? value
    : isJsonObject(value)
      ? Object.values(value)
      : [];
  return parts.reduce<string>(withoutOwn, text);
}

const complaints: readonly (readonly [string, RegExp])[] = [
  ['an unknown member', /unrecognized|unknown|unexpected|extra inputs|additional propert|unevaluated/i],
  ['a missing member', /\brequired\b|missing/i],
  ['a value that is not listed', /enum|one of|allowed values|literal|unknown variant|invalid option/i],
  ['a pattern or format', /pattern|format|regex|invalid_string|valid (?:date|url|uri|email|uuid)/i],
  [
    'a length or a bound',
    /too_(?:small|big)|too (?:small|big|short|long)|at (?:least|most)|greater|less|between|range|empty|minimum|maximum|positive|negative|[<>]=? ?-?\d|fewer|more than/i,
  ],
  ['a type', /type|expected|should be|must be|not an? /i],
];
