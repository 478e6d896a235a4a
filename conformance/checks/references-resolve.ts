import type { Probe } from './check.ts';
import { createToolCheck } from './judge-tools.ts';
import { findSchemaFaults } from './schema-faults.ts';

export const referencesResolve: Probe = createToolCheck(
  {
    id: 'listing/references',
    title: 'References of schemas resolve locally',
    severity: 'error',
    requirement: 'references-resolve',
  },
  (tool) =>
    findSchemaFaults(tool)
      .filter(({ isReference }) => isReference)
      .map(({ pointer, reason }) => ({
        variant: pointer,
        title: 'A reference of a schema leads nowhere',
        expected: `a schema behind ${pointer}`,
        seen: reason,
      })),
);
