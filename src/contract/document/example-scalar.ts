import type { JsonObject } from '../../json/value.ts';
import type { PatternCompiler } from '../validation/pattern.ts';

/** A sample of each format of JSON Schema validation 7.3. */
export const formatSamples: ReadonlyMap<unknown, string> = new Map([
  ['date-time', '2025-01-31T12:00:00Z'],
  ['date', '2025-01-31'],
  ['time', '12:00:00Z'],
  ['duration', 'P1D'],
  ['email', 'user@example.com'],
  ['idn-email', 'user@example.com'],
  ['hostname', 'example.com'],
  ['idn-hostname', 'example.com'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
  ['uri', 'https://example.com/'],
  ['uri-reference', 'https://example.com/'],
  ['iri', 'https://example.com/'],
  ['iri-reference', 'https://example.com/'],
  ['uri-template', 'https://example.com/{id}'],
  ['url', 'https://example.com/'],
  ['uuid', '123e4567-e89b-42d3-a456-426614174000'],
  ['json-pointer', '/a'],
  ['relative-json-pointer', '0'],
  ['regex', '^a+$'],
  ['byte', 'dGV4dA=='],
]);
/** Tried in turn where a pattern is to be matched. */
const words = [
  'text',
  'a',
  'A',
  '1',
  '#000000',
  '12',
  '123',
  '1234',
  '1.0.0',
  'TEXT',
  'a/b',
  '/a',
  'a:b',
  '12:00',
  'a.txt',
];
const maxPadding = 1_000;

/** A string of the schema's format, pattern and length, as far as a few guesses reach. */
export function toExampleString(schema: JsonObject, compilePattern: PatternCompiler): string {
  const { format, pattern, minLength, maxLength } = schema;
  const matches = typeof pattern === 'string' ? compilePattern(pattern) : undefined;
  const sample = formatSamples.get(format);
  const guesses = sample === undefined ? [...words, ...formatSamples.values()] : [sample];
  const found = matches?.isLinear === true ? guesses.find((guess) => matches.test(guess)) : undefined;
  const text = found ?? sample ?? 'text';
  const padded = text.padEnd(typeof minLength === 'number' ? Math.min(minLength, maxPadding) : 0, text);
  return typeof maxLength === 'number' ? padded.slice(0, maxLength) : padded;
}

/** A number within the schema's bounds, if one lies near them. */
export function toExampleNumber({
  minimum,
  maximum,
  exclusiveMinimum,
  exclusiveMaximum,
  multipleOf,
}: JsonObject): number {
  const step = typeof multipleOf === 'number' ? multipleOf : 1;
  const lowest = Math.max(toBound(minimum, -Infinity), toBound(exclusiveMinimum, -Infinity));
  const highest = Math.min(toBound(maximum, Infinity), toBound(exclusiveMaximum, Infinity));
  const guesses = [
    step,
    0,
    Math.ceil(lowest / step) * step,
    Math.ceil(lowest / step) * step + step,
    lowest,
    (lowest + highest) / 2,
    highest,
  ];
  const isWithin = (guess: number): boolean =>
    Number.isFinite(guess) &&
    guess >= lowest &&
    guess <= highest &&
    guess !== exclusiveMinimum &&
    guess !== exclusiveMaximum;
  return guesses.find(isWithin) ?? 0;
}

function toBound(bound: unknown, otherwise: number): number {
  return typeof bound === 'number' ? bound : otherwise;
}
