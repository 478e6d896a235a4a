import { UpstreamStartError } from '../../errors.ts';
import { parseAuthorizationResponse, type ExpectedResponse } from './authorization-response.ts';
import type { CallbackOutcome } from './callback-page.ts';
import { oneLine } from './one-line.ts';
import { LoopbackListeners } from './loopback-listeners.ts';

interface Wait {
  readonly server: string;
  readonly expected: ExpectedResponse;
  settle(result: { readonly code: string } | { readonly error: Error }): void;
}

/**
 * Brings the answers of authorization servers, which come with people's browsers, to those who wait for them.
 *
 * Each wait takes one answer; what nobody waits for changes nothing.
 */
export class OauthCallbacks {
  /** For answers that come to this machine instead. */
  readonly loopback: LoopbackListeners = new LoopbackListeners();
  /** By state, which is unguessable. */
  readonly #waits = new Map<string, Wait>();

  /**
   * The code that comes to this server's callback.
   *
   * @throws UpstreamStartError when the authorization server, or the person there, says no
   * @throws the signal's reason when it is aborted
   */
  wait(server: string, expected: string | ExpectedResponse, signal: AbortSignal): Promise<string> {
    const response = typeof expected === 'string' ? { state: expected } : expected;
    const { state } = response;
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error); // an AbortSignal's reason is what it was aborted with, here always an Error
        return;
      }
      const settle: Wait['settle'] = (result) => {
        this.#waits.delete(state);
        signal.removeEventListener('abort', abort);
        if ('code' in result) resolve(result.code);
        else reject(result.error);
      };
      const abort = (): void => settle({ error: signal.reason as Error }); // as above
      signal.addEventListener('abort', abort);
      this.#waits.set(state, { server, expected: response, settle });
    });
  }

  /** Passes a callback on to who waits for it; `params` is its query. */
  accept(server: string, params: URLSearchParams): CallbackOutcome {
    const wait = this.#waits.get(params.get('state') ?? '');
    if (wait === undefined || wait.server !== server) return 'unknown';
    const response = parseAuthorizationResponse(params, wait.expected);
    switch (response.kind) {
      case 'code':
        wait.settle({ code: response.code });
        return 'accepted';
      case 'error':
        wait.settle({ error: new UpstreamStartError(describe(response), []) });
        return 'refused';
      case 'foreign':
        return 'unknown';
    }
  }
}

function describe({ error, description = '' }: { error: string; description?: string }): string {
  const said = oneLine(description === '' ? error : `${error}: ${description}`);
  return error === 'access_denied'
    ? `access was denied (${said})`
    : `the authorization server refused: ${said}`;
}
