import { createToolCheck } from './judge-tools.ts';
import type { Probe } from './check.ts';

export const toolNames: Probe = createToolCheck(
  {
    id: 'listing/names',
    title: 'Tool names are 1 to 128 characters out of A-Z a-z 0-9 _ - .',
    severity: 'warning',
    requirement: 'tool-names-valid',
  },
  ({ name }) =>
    /^[A-Za-z0-9_.-]{1,128}$/.test(name)
      ? []
      : [
          {
            variant: 'name',
            title: 'A tool has a name that clients may refuse',
            expected: '1 to 128 characters out of A-Z, a-z, 0-9, "_", "-" and "."',
            seen: `${JSON.stringify(name)} (${name.length} characters)`,
          },
        ],
);
