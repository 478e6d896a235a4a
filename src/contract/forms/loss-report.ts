import type { JsonObject, JsonValue } from '../../json/value.ts';

/** Something that another form of the document cannot say. */
export interface Loss {
  /** JSON Pointer to the keyword, in the document that the form was made from. */
  readonly pointer: string;
  readonly keyword: string;
  readonly reason: string;
  /**
   * `wider`: the form accepts values that the source refuses. `annotation`: it judges values alike, and tells a reader
   * less. `reference`: a reference is still there.
   */
  readonly effect: 'wider' | 'annotation' | 'reference';
}

const reportKey = 'x-loss-report';

/** A document with its losses, sorted by pointer and keyword, added to those it lists already. */
export function addLossReport(document: JsonObject, losses: readonly Loss[]): JsonObject {
  const known = document[reportKey];
  const listed: readonly JsonValue[] = Array.isArray(known) ? known : [];
  // The same place is reported once, however many ways led to it.
  const entries = new Map<string, JsonValue>();
  for (const entry of [...listed, ...losses.map((loss) => ({ ...loss }))]) {
    entries.set(sortKeyOf(entry), entry);
  }
  const sorted = [...entries].toSorted(([left], [right]) => (left < right ? -1 : 1));
  return { ...document, [reportKey]: sorted.map(([, entry]) => entry) };
}

function sortKeyOf(entry: JsonValue): string {
  const { pointer, keyword, reason } = entry as unknown as Loss; // only this file writes the report
  return [pointer, keyword, reason].join('\0');
}
