import { isJsonObject, type JsonValue } from '../../src/index.ts';
import { readAnswer } from '../fuzzing/read-answer.ts';
import type { CallCheck } from './check.ts';
import { quote } from './evidence.ts';

/** Smaller ones survive in every number type, and turn up by chance. */
const MIN_MAGNITUDE = 2 ** 24;
/** What is nearer may be meant: the one before, the one after. */
const MIN_DISTANCE = 2;
const READ_CHARACTERS = 100_000;

export const integersKept: CallCheck = {
  kind: 'call',
  id: 'positive/integers-kept',
  title: 'Integers come back as they were given',
  group: 'positive',
  severity: 'error',
  requirement: 'integers-are-exact',
  intents: ['valid', 'hostile'],
  unexercised: 'no valid call was made',
  judge: (call) => {
    const given = toIntegers(call.arguments).filter(({ value }) => Math.abs(value) >= MIN_MAGNITUDE);
    if (given.length === 0) return [];
    const answer = readAnswer(call.reply);
    if (answer.kind !== 'result' || !isJsonObject(answer.result)) return [];
    const { structuredContent, content } = answer.result;
    // A number that is calculated may be near by chance; one that has the same name is the same thing.
    const seen = [
      ...toIntegers(structuredContent ?? null),
      ...toTexts(content).flatMap((text) => toIntegers(text)),
    ];
    for (const { name, value } of given) {
      const namesakes = new Set(seen.filter((other) => other.name === name).map((other) => other.value));
      if (namesakes.has(value)) continue;
      const damage = damages.find(({ of }) => isDamaged(value, of(value)) && namesakes.has(of(value)));
      if (damage === undefined) continue;
      return [
        {
          variant: damage.name,
          title: `An integer comes back ${damage.name}`,
          expected: `${value} as "${name}"`,
          seen: `${damage.of(value)} in ${quote(JSON.stringify(answer.result))}`,
          // RFC 8259, section 6: beyond these, receivers need not agree.
          severity: Number.isSafeInteger(value) ? 'error' : 'warning',
        },
      ];
    }
    return [];
  },
};

/** What number types that are too small make of an integer. */
const damages: readonly { readonly name: string; readonly of: (value: number) => number }[] = [
  { name: 'rounded to 15 digits', of: (value) => Number(value.toPrecision(15)) },
  { name: 'rounded to 14 digits', of: (value) => Number(value.toPrecision(14)) },
  { name: 'rounded to 6 digits', of: (value) => Number(value.toPrecision(6)) },
  { name: 'rounded to 32 bits', of: Math.fround },
  { name: 'cut to 32 bits', of: (value) => value | 0 },
  { name: 'cut to 32 bits without a sign', of: (value) => value >>> 0 },
];

function isDamaged(value: number, image: number): boolean {
  return Math.abs(image - value) >= MIN_DISTANCE && Math.abs(image) >= MIN_MAGNITUDE;
}

interface NamedInteger {
  /** Of the member that it is, or that the list is in which it stands. */
  readonly name: string;
  readonly value: number;
}

function toIntegers(value: JsonValue, name = ''): readonly NamedInteger[] {
  if (typeof value === 'number') return Number.isInteger(value) ? [{ name, value }] : [];
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).flatMap((item) => toIntegers(item, name));
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => toIntegers(member, key));
}

/** The texts that are JSON, as values. */
function toTexts(content: JsonValue | undefined): readonly JsonValue[] {
  const blocks: readonly JsonValue[] = Array.isArray(content) ? content : [];
  return blocks.flatMap((block) => {
    const text = isJsonObject(block) ? block['text'] : undefined;
    if (typeof text !== 'string' || text.length > READ_CHARACTERS || !/^\s*[{[]/.test(text)) return [];
    try {
      return [JSON.parse(text) as JsonValue];
    } catch {
      return [];
    }
  });
}
