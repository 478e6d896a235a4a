import { UpstreamStartError } from '../../errors.ts';
import { parseAuthorizationResponse, type ExpectedResponse } from './authorization-response.ts';
import type { CallbackOutcome, Conclusion } from './callback-page.ts';
import { oneLine } from './one-line.ts';
import { LoopbackListeners } from './loopback-listeners.ts';

interface Wait {
  readonly server: string;
  readonly expected: ExpectedResponse;
  settle(result: ReceivedCode | { readonly error: Error }): void;
}

interface ReceivedCode {
  readonly code: string;
  readonly conclude: (conclusion: Conclusion) => void;
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
   * Waits for the code that comes to this server's callback, and tells who brought it what came of it.
   *
   * @param exchange what is done with it; of its errors, those for people are shown to them
   * @throws UpstreamStartError when the authorization server, or the person there, says no
   * @throws the signal's reason when it is aborted
   */
  async redeem(
    server: string,
    expected: ExpectedResponse,
    exchange: (code: string) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { code, conclude } = await this.#wait(server, expected, signal);
    try {
      await exchange(code);
    } catch (error) {
      const reason = error instanceof UpstreamStartError ? error.message : 'the gateway has stopped waiting';
      conclude({ kind: 'failed', reason });
      throw error;
    }
    conclude({ kind: 'authorized' });
  }

  #wait(server: string, expected: ExpectedResponse, signal: AbortSignal): Promise<ReceivedCode> {
    const { state } = expected;
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error); // an AbortSignal's reason is what it was aborted with, here always an Error
        return;
      }
      const settle: Wait['settle'] = (result) => {
        this.#waits.delete(state);
        signal.removeEventListener('abort', abort);
        if ('code' in result) resolve(result);
        else reject(result.error);
      };
      const abort = (): void => settle({ error: signal.reason as Error }); // as above
      signal.addEventListener('abort', abort);
      this.#waits.set(state, { server, expected, settle });
    });
  }

  /** Passes a callback on to who waits for it; `params` is its query. */
  accept(server: string, params: URLSearchParams): CallbackOutcome {
    const wait = this.#waits.get(params.get('state') ?? '');
    if (wait === undefined || wait.server !== server) return { kind: 'unknown' };
    const response = parseAuthorizationResponse(params, wait.expected);
    switch (response.kind) {
      case 'code': {
        const { code } = response;
        const conclusion = new Promise<Conclusion>((conclude) => wait.settle({ code, conclude }));
        return { kind: 'accepted', conclusion };
      }
      case 'error':
        wait.settle({ error: new UpstreamStartError(describe(response), []) });
        return { kind: 'refused' };
      case 'foreign':
        return { kind: 'unknown' };
    }
  }
}

function describe({ error, description = '' }: { error: string; description?: string }): string {
  const said = oneLine(description === '' ? error : `${error}: ${description}`);
  return error === 'access_denied'
    ? `access was denied (${said})`
    : `the authorization server refused: ${said}`;
}
