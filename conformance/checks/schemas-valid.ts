import type { Probe } from './check.ts';
import { createToolCheck } from './judge-tools.ts';
import { findSchemaFaults } from './schema-faults.ts';

export const schemasValid: Probe = createToolCheck(
  {
    id: 'listing/schemas',
    title: 'Input and output schemas are valid in their dialect',
    severity: 'error',
    requirement: 'schemas-valid',
  },
  (tool) =>
    findSchemaFaults(tool)
      .filter(({ isReference }) => !isReference)
      .map(({ pointer, reason }) => ({
        variant: pointer,
        title: 'A schema is not valid in its dialect',
        expected: `a valid schema at ${pointer}`,
        seen: reason,
      })),
);
