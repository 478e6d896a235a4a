import {
  severities,
  type Change,
  type ContractDiff,
  type OperationName,
} from '../../contract/diff/change.ts';

/** How a diff is written. */
export type DiffFormat = 'text' | 'json' | 'markdown' | 'html';

/** The changes of one operation, or of the document. */
export interface ChangeGroup {
  /** Absent for what belongs to the document. */
  readonly operation?: OperationName;
  readonly changes: readonly Change[];
}

/** Where in an operation a change is, in words short enough for a line. */
export interface ShortPlace {
  /** `input`, `output`, `output 404`, `output` with the name of a shared response, `operation` or `document`. */
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

const inputSchema = /^\/requestBody\/content\/application~1json\/schema(.*)$/s;
const outputSchema =
  /^\/(?:components\/)?responses\/([^/]+)\/content\/application~1(?:problem\+)?json\/schema(.*)$/s;

/** Leaves out what every operation's pointers have in common. */
export function toShortPlace({ direction, pointer }: Change): ShortPlace {
  const input = inputSchema.exec(pointer);
  if (input !== null) return { part: 'input', pointer: input[1] ?? '' };
  const output = outputSchema.exec(pointer);
  if (output === null) return { part: direction, pointer };
  const [, answer = '', rest = ''] = output;
  return { part: answer === '200' ? 'output' : `output ${answer}`, pointer: rest };
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
