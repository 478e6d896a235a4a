/** What a change means for those who rely on the old document. */
export type Severity = 'breaking' | 'unknown' | 'compatible' | 'editorial';

/** Every severity, the gravest first. */
export const severities: readonly Severity[] = ['breaking', 'unknown', 'compatible', 'editorial'];

/** Which side of an operation a change is on. */
export type Direction = 'input' | 'output' | 'operation' | 'document';

/** The operation that a change belongs to, as the old document names it; as the new one does when it is added. */
export interface OperationName {
  readonly operationId: string;
  /** In lower case. */
  readonly method: string;
  readonly path: string;
}

/** One difference between two documents. */
export interface Change {
  readonly severity: Severity;
  /** Absent when the change is one of the document, or of an answer that operations share. */
  readonly operation?: OperationName;
  readonly direction: Direction;
  /**
   * JSON Pointer (RFC 6901) into the operation object, or into the document when there is no operation. It leads
   * through references as though what they name stood in their place.
   */
  readonly pointer: string;
  /** The keyword or member that changed. */
  readonly keyword: string;
  readonly message: string;
}

/** How two documents differ. */
export interface ContractDiff {
  /** Sorted by operation (the document's own changes first), severity, pointer, keyword and message. */
  readonly changes: readonly Change[];
  /** How many changes there are of each severity. */
  readonly summary: Readonly<Record<Severity, number>>;
}

/** Sorts changes and counts them; the same change twice is one. */
export function toContractDiff(found: readonly Change[]): ContractDiff {
  const keyed = new Map(found.map((change) => [sortKey(change), change]));
  const changes = [...keyed].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
  const count = (severity: Severity): number =>
    changes.filter((change) => change.severity === severity).length;
  return {
    changes,
    summary: {
      breaking: count('breaking'),
      unknown: count('unknown'),
      compatible: count('compatible'),
      editorial: count('editorial'),
    },
  };
}

/** True when the diff has a change at least as grave as `level`. */
export function hasChangeAtLeast(diff: ContractDiff, level: Severity): boolean {
  return severities.slice(0, severities.indexOf(level) + 1).some((severity) => diff.summary[severity] > 0);
}

function sortKey({ operation, severity, direction, pointer, keyword, message }: Change): string {
  const place = operation === undefined ? [] : [operation.path, operation.method, operation.operationId];
  const rank = String(severities.indexOf(severity));
  // U+0000 sorts before everything that the parts are made of.
  return [place.join('\u0000'), rank, direction, pointer, keyword, message].join('\u0000\u0000');
}
