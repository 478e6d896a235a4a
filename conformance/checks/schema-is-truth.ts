import type { CallCheck } from './check.ts';

/** Of fewer calls, a share says nothing. */
const MIN_CALLS = 10;
const MAX_SHARE = 0.1;

export const schemaIsTruth: CallCheck = {
  kind: 'call',
  id: 'positive/schema-is-truth',
  title: 'The input schema says nearly all that the tool asks for',
  group: 'positive',
  severity: 'warning',
  requirement: 'schema-is-whole',
  intents: ['valid'],
  unexercised: 'no valid call was made',
  judge: () => [],
  judgeTotals: ({ tool, sent, refused }) => {
    if (sent < MIN_CALLS || refused / sent < MAX_SHARE) return [];
    return [
      {
        variant: 'share',
        title: 'The input schema is not the truth: many valid calls are refused',
        tool: tool.name,
        expected: `fewer than ${MAX_SHARE * 100} % of valid calls refused for the shape of their arguments`,
        seen: `${refused} of ${sent}`,
      },
    ];
  },
};
