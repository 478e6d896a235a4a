import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';
import { toIdentity } from '../arbitraries/json.ts';
import { readAnswer } from '../fuzzing/read-answer.ts';
import type { CallCheck } from './check.ts';
import { quote } from './evidence.ts';

export const textAgrees: CallCheck = {
  kind: 'call',
  id: 'positive/text-agrees',
  title: 'Text that is JSON says the same as the structured content',
  group: 'positive',
  severity: 'warning',
  requirement: 'text-is-structured-content',
  intents: ['valid'],
  unexercised: 'no valid call was made',
  judge: ({ reply }) => {
    const answer = readAnswer(reply);
    if (answer.kind !== 'result' || !isJsonObject(answer.result)) return [];
    const { structuredContent, content } = answer.result;
    if (!isJsonObject(structuredContent) || !Array.isArray(content)) return [];
    const texts = (content as readonly JsonValue[]).flatMap(toJson);
    const parts = texts.length === 0 ? new Set() : toParts(structuredContent);
    // Items of a list are often given one by one, and a wrapper around a list, or around the text, is left out.
    const agrees = ({ text, value }: Shown): boolean =>
      parts.has(toIdentity(value)) || parts.has(toIdentity(text));
    if (texts.length === 0 || texts.some(agrees)) return [];
    return [
      {
        variant: 'text',
        title: 'The text and the structured content of a result say different things',
        expected: `the JSON of structuredContent: ${quote(JSON.stringify(structuredContent))}`,
        seen: quote(texts[0]?.text ?? ''),
      },
    ];
  },
};

interface Shown {
  readonly text: string;
  readonly value: JsonValue;
}

/** The value of a text block; plain words and numbers are for people. */
function toJson(block: JsonValue): readonly Shown[] {
  const text = isJsonObject(block) && block['type'] === 'text' ? block['text'] : undefined;
  if (typeof text !== 'string' || !/^\s*[{[]/.test(text)) return [];
  try {
    return [{ text, value: JSON.parse(text) as JsonValue }];
  } catch {
    return [];
  }
}

const MAX_PARTS = 1_000;

/** The object, what its members are, and the items of those that are arrays. */
function toParts(structured: JsonObject): ReadonlySet<string> {
  const members = Object.values(structured);
  const items = members.flatMap((member) => (Array.isArray(member) ? (member as readonly JsonValue[]) : []));
  return new Set([structured, ...members, ...items].slice(0, MAX_PARTS).map(toIdentity));
}
