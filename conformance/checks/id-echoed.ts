import type { Observer } from './check.ts';

export const idEchoed: Observer = {
  kind: 'observer',
  id: 'wire/id-echoed',
  title: "Responses have their request's id, with its type",
  group: 'wire',
  severity: 'error',
  requirement: 'id-echoed',
  unexercised: 'the server answered nothing',
  watch:
    ({ report, exercise }) =>
    (event) => {
      if (event.kind !== 'received' || event.received.kind !== 'response') return;
      exercise();
      const { line } = event;
      const { message, request, lookalike, answersText } = event.received;
      if (request !== undefined || answersText) return;
      const { id } = message;
      // JSON-RPC 2.0 section 5: null, when the id of an invalid request could not be read.
      if ((id === null || id === undefined) && 'error' in message) return;
      if (lookalike !== undefined) {
        report({
          variant: `type of ${typeof lookalike.id}`,
          title: `The id of a request that is a ${typeof lookalike.id} comes back as a ${typeof id}`,
          tool: lookalike.tool,
          expected: `"id": ${JSON.stringify(lookalike.id)}`,
          seen: `"id": ${JSON.stringify(id)}`,
          lines: [{ direction: 'sent', text: lookalike.text, atMs: lookalike.sentAtMs }, line],
        });
        return;
      }
      report({
        variant: id === null || id === undefined ? 'no id' : 'unknown id',
        title: 'A response belongs to no request',
        expected: 'the id of a request that was sent',
        seen: `"id": ${JSON.stringify(id)}`,
        lines: [line],
      });
    },
};
