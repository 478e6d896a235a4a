import type { SentRequest } from '../target/wire-event.ts';
import type { Observer } from './check.ts';

/** JSON-RPC batches came with 2025-03-26 and went with 2025-06-18. */
const revisionWithBatches = '2025-03-26';

export const lineIsMessage: Observer = {
  kind: 'observer',
  id: 'wire/line-is-message',
  title: 'The server writes JSON-RPC messages, and nothing else',
  group: 'wire',
  severity: 'error',
  requirement: 'stdout-is-messages',
  unexercised: 'the server wrote nothing',
  watch: ({ report, exercise, server }) => {
    const pending = new Set<SentRequest>();
    let last: SentRequest | undefined;
    return (event) => {
      if (event.kind === 'requested') {
        last = event.request;
        if (last.tool !== undefined) pending.add(last);
      }
      if (event.kind === 'unanswered') pending.delete(event.request);
      if (event.kind !== 'received') return;
      exercise();
      const { line, received } = event;
      if (received.kind === 'response' && received.request !== undefined) pending.delete(received.request);
      const fault = findFault();
      if (fault === undefined) return;
      report({
        variant: fault.variant,
        title: 'What the server writes is no JSON-RPC message',
        tool: findCulprit(),
        expected: 'one JSON-RPC 2.0 message, and nothing else: logs go to stderr',
        seen: fault.text,
        lines: [line],
      });

      // With several under way, it may have been any of them.
      function findCulprit(): string | undefined {
        const tools = new Set([...pending].map(({ tool }) => tool));
        const [only] = tools;
        if (tools.size === 0) return last?.tool;
        return tools.size === 1 ? only : undefined;
      }

      function findFault(): { readonly variant: string; readonly text: string } | undefined {
        if (received.kind === 'unreadable') {
          if (line.text.trim() === '') return { variant: 'empty', text: 'an empty line' };
          return { variant: received.reason.replaceAll(/\d+/g, 'n'), text: received.reason };
        }
        if (received.kind === 'other') return { variant: received.reason, text: received.reason };
        if (received.kind === 'batch' && server()?.protocolVersion !== revisionWithBatches) {
          return { variant: 'batch', text: 'an array of messages, which this revision of MCP does not have' };
        }
        return undefined;
      }
    };
  },
};
