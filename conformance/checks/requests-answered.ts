import { isJsonObject } from '../../src/index.ts';
import type { Observer } from './check.ts';

export const requestsAnswered: Observer = {
  kind: 'observer',
  id: 'wire/requests-answered',
  title: 'Every request is answered',
  group: 'wire',
  severity: 'error',
  requirement: 'requests-are-answered',
  watchesHealth: true,
  unexercised: 'nothing was asked',
  watch:
    ({ report, exercise }) =>
    (event) => {
      if (event.kind === 'requested') exercise();
      if (event.kind !== 'unanswered') return;
      const { request, waitedMs, reason } = event;
      const args = request.params?.['arguments'];
      report({
        variant: request.method,
        title: `${request.method} is not answered`,
        tool: request.tool,
        arguments: isJsonObject(args) ? args : undefined,
        expected:
          reason === undefined ? `a response within ${waitedMs} ms (--request-timeout)` : 'a response',
        seen: reason ?? 'none',
        lines: [{ direction: 'sent', text: request.text, atMs: request.sentAtMs }],
      });
    },
};
