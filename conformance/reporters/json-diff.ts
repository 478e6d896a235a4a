import { isJsonObject, type JsonValue } from '../../src/index.ts';
import type { Finding, JsonDifference } from '../findings/finding.ts';

/** A line of two values, written one member a line. */
export interface DiffLine {
  readonly kind: 'same' | 'expected' | 'seen';
  readonly text: string;
}

/** Beyond this, comparing every line with every other takes too long. */
const MAX_LINES = 1_500;
/** Same lines kept around those that differ. */
const CONTEXT = 3;

/** What differs between what was expected and seen; undefined when they are no two values of JSON, or are alike. */
export function toDiff(finding: Finding): readonly DiffLine[] | undefined {
  const values = finding.diff ?? parseBoth(finding);
  if (values === undefined) return undefined;
  const expected = toLines(values.expected);
  const seen = toLines(values.seen);
  if (Math.max(expected.length, seen.length) > MAX_LINES) return undefined;
  const lines = diffLines(expected, seen);
  return lines.every(({ kind }) => kind === 'same') ? undefined : withoutFarContext(lines);
}

function parseBoth({ expected, seen }: Finding): JsonDifference | undefined {
  const values = [expected, seen].map(parseContainer);
  const [first, second] = values;
  return first === undefined || second === undefined ? undefined : { expected: first, seen: second };
}

function parseContainer(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    // What parses as JSON is a JSON value.
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** The order of members means nothing, so it makes no difference here. */
function toLines(value: JsonValue): readonly string[] {
  return JSON.stringify(sortMembers(value), null, 2).split('\n');
}

function sortMembers(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(sortMembers); // isArray loses readonly arrays
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sortMembers(member)]),
  );
}

/** The longest common subsequence, by the lengths of those of all pairs of endings. */
function diffLines(expected: readonly string[], seen: readonly string[]): readonly DiffLine[] {
  const width = seen.length + 1;
  const lengths = new Uint16Array((expected.length + 1) * width);
  const lengthAt = (at: number, other: number): number => lengths[at * width + other] ?? 0;
  for (let at = expected.length - 1; at >= 0; at -= 1) {
    for (let other = seen.length - 1; other >= 0; other -= 1) {
      lengths[at * width + other] = isSame(expected[at], seen[other])
        ? lengthAt(at + 1, other + 1) + 1
        : Math.max(lengthAt(at + 1, other), lengthAt(at, other + 1));
    }
  }
  const lines: DiffLine[] = [];
  let at = 0;
  let other = 0;
  while (at < expected.length || other < seen.length) {
    const [wanted, got] = [expected[at], seen[other]];
    if (wanted !== undefined && got !== undefined && isSame(wanted, got)) {
      lines.push({ kind: 'same', text: wanted });
      at += 1;
      other += 1;
    } else if (
      wanted !== undefined &&
      (got === undefined || lengthAt(at + 1, other) >= lengthAt(at, other + 1))
    ) {
      lines.push({ kind: 'expected', text: wanted });
      at += 1;
    } else if (got !== undefined) {
      lines.push({ kind: 'seen', text: got });
      other += 1;
    }
  }
  return lines;
}

/** A comma at the end tells only that something follows. */
function isSame(one: string | undefined, other: string | undefined): boolean {
  return one?.replace(/,$/, '') === other?.replace(/,$/, '');
}

function withoutFarContext(lines: readonly DiffLine[]): readonly DiffLine[] {
  const isNear = (at: number): boolean =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ kind }) => kind !== 'same');
  return lines.flatMap((line, at): readonly DiffLine[] => {
    const isFirst = at === 0 || isNear(at - 1);
    // In place of one line, its sign would save nothing.
    if (isNear(at) || (isFirst && (at === lines.length - 1 || isNear(at + 1)))) return [line];
    return isFirst ? [{ kind: 'same', text: '…' }] : [];
  });
}
