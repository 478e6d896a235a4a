import type { WireLine } from '../target/wire-event.ts';
import type { Observer } from './check.ts';

/** First answers that are remembered, to be shown beside a second one. */
const KEPT = 500;

export const oneResponse: Observer = {
  kind: 'observer',
  id: 'wire/one-response',
  title: 'A request gets exactly one response',
  group: 'wire',
  severity: 'error',
  requirement: 'one-response',
  unexercised: 'the server answered nothing',
  watch: ({ report, exercise }) => {
    const first = new Map<string | number, WireLine>();
    return (event) => {
      if (event.kind !== 'received' || event.received.kind !== 'response') return;
      const { line } = event;
      const { request } = event.received;
      if (request === undefined) return;
      exercise();
      if (request.responses === 1) {
        first.set(request.id, line);
        const [oldest] = first.keys();
        if (first.size > KEPT && oldest !== undefined) first.delete(oldest);
        return;
      }
      const before = first.get(request.id);
      report({
        variant: request.method,
        title: `${request.method} is answered more than once`,
        tool: request.tool,
        expected: 'one response',
        seen: `response number ${request.responses} to the same id`,
        lines: [
          { direction: 'sent', text: request.text, atMs: request.sentAtMs },
          ...(before === undefined ? [] : [before]),
          line,
        ],
      });
    };
  },
};
