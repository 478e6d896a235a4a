import { isJsonObject } from '../../src/index.ts';
import type { SentRequest } from '../target/wire-event.ts';
import type { Observer } from './check.ts';

export const serverStays: Observer = {
  kind: 'observer',
  id: 'wire/server-stays',
  title: 'The server runs until its client leaves',
  group: 'wire',
  severity: 'error',
  requirement: 'server-stays',
  watchesHealth: true,
  unexercised: 'nothing was asked',
  watch: ({ report, exercise }) => {
    let last: SentRequest | undefined;
    return (event) => {
      if (event.kind === 'requested') {
        exercise();
        last = event.request;
      }
      // Before the first answer it has not started; that ends the run, and is said there.
      if (event.kind !== 'ended' || event.isExpected || last === undefined || last.method === 'initialize')
        return;
      const { ending } = event;
      if (ending.kind !== 'exited') return;
      const args = last.params?.['arguments'];
      const words = ending.stderrTail.at(-1);
      report({
        variant: last.method,
        title: `The server exits during ${last.method}`,
        tool: last.tool,
        arguments: isJsonObject(args) ? args : undefined,
        expected: 'a server that goes on',
        seen: `exit with ${ending.signal ?? `code ${ending.code}`}${words === undefined ? '' : `; its last words: ${words}`}`,
        lines: [{ direction: 'sent', text: last.text, atMs: last.sentAtMs }],
      });
    };
  },
};
