import { isJsonObject, type JsonValue } from '../../src/index.ts';
import type { Probe } from './check.ts';
import { createToolCheck, type ToolFault } from './judge-tools.ts';

const hints = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const;

export const annotationsCoherent: Probe = createToolCheck(
  {
    id: 'listing/annotations',
    title: 'Annotations are booleans that agree with each other',
    severity: 'error',
    requirement: 'annotations-coherent',
  },
  ({ source }) => judge(source['annotations']),
);

function judge(annotations: JsonValue | undefined): readonly ToolFault[] {
  if (annotations === undefined) return [];
  if (!isJsonObject(annotations)) {
    return [
      {
        variant: 'form',
        title: 'The annotations of a tool are not an object',
        expected: '"annotations": {…}',
        seen: JSON.stringify(annotations),
      },
    ];
  }
  const faults: ToolFault[] = [];
  for (const hint of hints) {
    const value = annotations[hint];
    if (value === undefined || typeof value === 'boolean') continue;
    faults.push({
      variant: hint,
      title: `${hint} is not a boolean`,
      expected: 'true or false',
      seen: JSON.stringify(value),
    });
  }
  if (annotations['readOnlyHint'] === true && annotations['destructiveHint'] === true) {
    faults.push({
      variant: 'read-only and destructive',
      title: 'A tool claims to be read-only and destructive',
      severity: 'warning',
      expected: 'one of the two: what changes nothing destroys nothing',
      seen: '"readOnlyHint": true and "destructiveHint": true',
    });
  }
  return faults;
}
