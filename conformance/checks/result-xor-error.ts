import type { Observer } from './check.ts';

export const resultXorError: Observer = {
  kind: 'observer',
  id: 'wire/result-xor-error',
  title: 'A response has a result or an error, not both',
  group: 'wire',
  severity: 'error',
  requirement: 'result-xor-error',
  unexercised: 'the server answered nothing',
  watch:
    ({ report, exercise }) =>
    (event) => {
      if (event.kind !== 'received' || event.received.kind !== 'response') return;
      exercise();
      const { message, request, lookalike } = event.received;
      if (!('result' in message && 'error' in message)) return;
      const owner = request ?? lookalike;
      report({
        variant: 'both',
        title: 'A response has both a result and an error',
        tool: owner?.tool,
        expected: 'one of them; the other is left out, not null',
        seen: `"result": ${kindOf(message['result'])} and "error": ${kindOf(message['error'])}`,
        lines: [event.line],
      });
    },
};

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
}
