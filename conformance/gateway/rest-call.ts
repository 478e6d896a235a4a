import type { GatewayUnderTest } from './gateway.ts';
import type { HttpAnswer, RestRequest } from './rest-client.ts';
import type { RestOperation } from './rest-document.ts';

/** An answer that came. */
export type AnsweredRequest = Extract<HttpAnswer, { kind: 'answered' }>;

/** The request that calls a tool with these arguments, which are JSON, or meant to be. */
export function toCall({ url }: RestOperation, body: string): RestRequest {
  return { method: 'POST', url, body };
}

/** What an answer was, in a few words. */
export function describeAnswer(answer: HttpAnswer): string {
  if (answer.kind === 'failed') return answer.reason;
  const { status, text } = answer;
  const shown = text.length <= 200 ? text : `${text.slice(0, 200)}…`;
  return `${status}${shown === '' ? ', without a body' : `: ${shown}`}`;
}

/** True for 2xx. */
export function isSuccess(answer: HttpAnswer): boolean {
  return answer.kind === 'answered' && answer.status >= 200 && answer.status < 300;
}

/** True for 401 and 403: the gateway wants credentials that the run does not have. */
export function isRefused(answer: HttpAnswer): boolean {
  return answer.kind === 'answered' && (answer.status === 401 || answer.status === 403);
}

/** Why nothing can be called, if so. */
export function findObstacle({ document, hasCredentials }: GatewayUnderTest): string | undefined {
  if (document.operations.length === 0) return 'the document has no operation';
  const needsKey = document.operations.every(({ isSecured }) => isSecured);
  return needsKey && !hasCredentials
    ? 'the gateway wants credentials; give them with --rest-header'
    : undefined;
}
