import type { Observer } from './check.ts';

/** JSON-RPC batches came with 2025-03-26 and went with 2025-06-18. */
const revisionWithBatches = '2025-03-26';

export const lineIsMessage: Observer = {
  kind: 'observer',
  id: 'wire/line-is-message',
  title: 'Every line on stdout is one JSON-RPC message',
  phase: 'wire',
  severity: 'error',
  requirement: 'stdout-is-messages',
  unexercised: 'the server wrote nothing',
  watch: ({ report, exercise, server }) => {
    let calling: string | undefined;
    return (event) => {
      if (event.kind === 'requested') calling = event.request.tool;
      if (event.kind !== 'received') return;
      exercise();
      const { line, received } = event;
      const fault = findFault();
      if (fault === undefined) return;
      report({
        variant: fault.variant,
        title: 'A line on stdout is no JSON-RPC message',
        tool: calling,
        expected: 'one JSON-RPC 2.0 message a line, and nothing else: logs go to stderr',
        seen: fault.text,
        lines: [line],
      });

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
