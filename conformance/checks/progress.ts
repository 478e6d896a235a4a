import { isJsonObject } from '../../src/index.ts';
import type { RequestId, SentRequest, WireEvent, WireLine } from '../target/wire-event.ts';
import type { Observer } from './check.ts';

interface Tracked {
  readonly request: SentRequest;
  last: { readonly progress: number; readonly line: WireLine } | undefined;
}

type ReceivedEvent = Extract<WireEvent, { kind: 'received' }>;

/** Tokens that are remembered after their request has ended. */
const KEPT = 1_000;

export const progressIncreases: Observer = {
  kind: 'observer',
  id: 'wire/progress',
  title: 'Progress increases, and stops with the response',
  group: 'wire',
  severity: 'error',
  requirement: 'progress-increases',
  unexercised: 'no call reported progress',
  watch: ({ report, exercise }) => {
    const byToken = new Map<RequestId, Tracked>();
    return (event) => {
      if (event.kind === 'requested' && event.request.progressToken !== undefined) {
        byToken.set(event.request.progressToken, { request: event.request, last: undefined });
        const [oldest] = byToken.keys();
        if (byToken.size > KEPT && oldest !== undefined) byToken.delete(oldest);
      }
      if (event.kind !== 'received' || event.received.kind !== 'notification') return;
      if (event.received.method !== 'notifications/progress') return;
      exercise();
      const { params } = event.received.message;
      // Its form is for the check of message schemas.
      if (!isJsonObject(params) || typeof params['progress'] !== 'number') return;
      judge(params['progressToken'], params['progress'], event);
    };

    function judge(
      token: unknown,
      progress: number,
      { line, isAside }: Pick<ReceivedEvent, 'line' | 'isAside'>,
    ): void {
      const tracked = typeof token === 'string' || typeof token === 'number' ? byToken.get(token) : undefined;
      if (tracked === undefined) {
        report({
          variant: 'unknown token',
          title: 'Progress names a token that no request gave',
          expected: 'the token of a request in progress, with its type',
          seen: `"progressToken": ${JSON.stringify(token)}`,
          lines: [line],
        });
        return;
      }
      const { request, last } = tracked;
      tracked.last = { progress, line };
      const sent: WireLine = { direction: 'sent', text: request.text, atMs: request.sentAtMs };
      if (request.responses > 0 && !request.isCancelled && !isAside) {
        report({
          variant: 'after the response',
          title: 'Progress goes on after the response',
          tool: request.tool,
          expected: 'no progress once the request has been answered',
          seen: `progress ${progress} after the response`,
          lines: [sent, line],
        });
      } else if (last !== undefined && progress <= last.progress) {
        report({
          variant: 'does not increase',
          title: 'Progress does not increase',
          tool: request.tool,
          expected: `more than ${last.progress}`,
          seen: `progress ${progress}`,
          lines: [sent, last.line, line],
        });
      }
    }
  },
};
