import { isJsonObject } from '../../src/index.ts';
import type { Probe } from './check.ts';
import { createToolCheck } from './judge-tools.ts';

export const objectRoots: Probe = createToolCheck(
  {
    id: 'listing/object-roots',
    title: 'Schemas are objects, of type "object" at the root',
    severity: 'error',
    requirement: 'schema-roots-are-objects',
  },
  ({ source }) =>
    ['inputSchema', 'outputSchema'].flatMap((member) => {
      const schema = source[member];
      if (schema === undefined && member === 'outputSchema') return [];
      if (isJsonObject(schema) && schema['type'] === 'object') return [];
      return [
        {
          variant: member,
          title: `${member} does not have the type "object" at its root`,
          expected: `"${member}": {"type": "object", …}`,
          seen: toSeen(member, schema),
        },
      ];
    }),
);

function toSeen(member: string, schema: unknown): string {
  if (schema === undefined) return `no ${member}`;
  if (!isJsonObject(schema)) return JSON.stringify(schema).slice(0, 100);
  return schema['type'] === undefined ? 'no "type"' : `"type": ${JSON.stringify(schema['type'])}`;
}
