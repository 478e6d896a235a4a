import { severities, type Change, type ContractDiff, type OperationName } from '../contract/diff/change.ts';

/** How a diff is written. */
export type DiffFormat = 'text' | 'json' | 'markdown';

/** The changes of one operation, or of the document. */
export interface ChangeGroup {
  /** Absent for what belongs to the document. */
  readonly operation?: OperationName;
  readonly changes: readonly Change[];
}

/** Where in an operation a change is, in words short enough for a line. */
export interface ShortPlace {
  /** `input`, `output`, `output 404`, `operation` or `document`. */
  readonly part: string;
  /** JSON Pointer into the part. */
  readonly pointer: string;
}

/** The changes by operation, in the diff's order. */
export function groupChanges({ changes }: ContractDiff): readonly ChangeGroup[] {
  const groups = new Map<string, { operation?: OperationName; changes: Change[] }>();
  for (const change of changes) {
    const { operation } = change;
    const key = JSON.stringify(operation ?? null);
    const group = groups.get(key) ?? { ...(operation === undefined ? {} : { operation }), changes: [] };
    group.changes.push(change);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Leaves out what every operation's pointers have in common. */
export function toShortPlace({ direction, pointer }: Change): ShortPlace {
  const input = /^\/requestBody\/content\/application~1json\/schema(.*)$/s.exec(pointer);
  if (input !== null) return { part: 'input', pointer: input[1] ?? '' };
  const output = /^\/responses\/(\w+)\/content\/application~1json\/schema(.*)$/s.exec(pointer);
  if (output === null) return { part: direction, pointer };
  const [, status = '', rest = ''] = output;
  return { part: status === '200' ? 'output' : `output ${status}`, pointer: rest };
}

/** "3 breaking, 1 unknown"; "no changes" when there are none. */
export function toSummaryWords({ summary }: ContractDiff): string {
  const parts = severities
    .filter((severity) => summary[severity] > 0)
    .map((severity) => `${summary[severity]} ${severity}`);
  return parts.length === 0 ? 'no changes' : parts.join(', ');
}

/** `POST /echo (echo)`. */
export function toTitle({ method, path, operationId }: OperationName): string {
  return `${method.toUpperCase()} ${path}${operationId === '' ? '' : ` (${operationId})`}`;
}

/** The diff as JSON: `{summary, changes}`, the same bytes for the same diff. */
export function toDiffJson({ summary, changes }: ContractDiff): string {
  return `${JSON.stringify({ summary, changes }, null, 2)}\n`;
}
