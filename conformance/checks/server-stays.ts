import { isJsonObject } from '../../src/index.ts';
import type { Ending } from '../target/target.ts';
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
      if (ending.kind === 'not-started') return;
      const args = last.params?.['arguments'];
      report({
        variant: last.method,
        title:
          ending.kind === 'lost'
            ? `The session is lost during ${last.method}`
            : `The server exits during ${last.method}`,
        tool: last.tool,
        arguments: isJsonObject(args) ? args : undefined,
        expected: 'a server that goes on',
        seen: describe(ending),
        lines: [{ direction: 'sent', text: last.text, atMs: last.sentAtMs }],
      });
    };
  },
};

function describe(ending: Exclude<Ending, { kind: 'not-started' }>): string {
  if (ending.kind === 'lost') return ending.message;
  const words = ending.stderrTail.at(-1);
  return `exit with ${ending.signal ?? `code ${ending.code}`}${words === undefined ? '' : `; its last words: ${words}`}`;
}
