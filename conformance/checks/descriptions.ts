import type { Probe } from './check.ts';
import { createToolCheck } from './judge-tools.ts';

export const descriptions: Probe = createToolCheck(
  {
    id: 'listing/descriptions',
    title: 'Tools say what they do',
    severity: 'warning',
    requirement: 'tools-described',
  },
  ({ source: { description } }) =>
    typeof description === 'string' && description.trim() !== ''
      ? []
      : [
          {
            variant: 'description',
            title: 'A tool has no description',
            expected: 'a text that tells a model when to call it',
            seen: description === undefined ? 'none' : JSON.stringify(description),
          },
        ],
);
