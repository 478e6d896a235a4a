import { isJsonObject } from '../../src/index.ts';
import type { Observer } from './check.ts';

export const errorObject: Observer = {
  kind: 'observer',
  id: 'wire/error-object',
  title: 'Errors have an integer code and a message',
  group: 'wire',
  severity: 'error',
  requirement: 'error-object',
  unexercised: 'the server answered no error',
  watch:
    ({ report, exercise }) =>
    (event) => {
      if (event.kind !== 'received' || event.received.kind !== 'response') return;
      const { message, request, lookalike } = event.received;
      // A null beside a result is for the check that they exclude each other.
      if (!('error' in message) || (message['error'] === null && 'result' in message)) return;
      exercise();
      const fault = findFault(message['error']);
      if (fault === undefined) return;
      report({
        variant: fault.expected,
        title: 'An error object is malformed',
        tool: (request ?? lookalike)?.tool,
        ...fault,
        lines: [event.line],
      });
    },
};

function findFault(error: unknown): { readonly expected: string; readonly seen: string } | undefined {
  if (!isJsonObject(error)) return { expected: '"error" is an object', seen: JSON.stringify(error) };
  const { code, message } = error;
  if (!Number.isInteger(code)) return { expected: '"code" is an integer', seen: toSeen('code', code) };
  if (typeof message !== 'string') {
    return { expected: '"message" is a string', seen: toSeen('message', message) };
  }
  return undefined;
}

function toSeen(key: string, value: unknown): string {
  return value === undefined ? `no "${key}"` : `"${key}": ${JSON.stringify(value)}`;
}
