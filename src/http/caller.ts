import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Identity } from '../identity/identity.ts';
import type { CancelListener, CancelSignal, ClientIdentity } from '../upstream/upstream.ts';
import type { IdentifyClient } from './identify-client.ts';
import { identityOf } from './request-identity.ts';
import { streamOf } from './tls/http2.ts';

/** Who made a request, and whether they still wait for its answer; aborted when the connection closes before. */
export class Caller implements CancelSignal, ClientIdentity {
  readonly #request: IncomingMessage;
  readonly #identify: IdentifyClient;
  #hasGone = false;
  #listener: CancelListener | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, identify: IdentifyClient) {
    this.#request = request;
    this.#identify = identify;
    response.once('close', () => {
      // Node ends a stream of HTTP/2 that the caller resets, so its response counts as finished.
      if (response.writableFinished && streamOf(response)?.aborted !== true) return;
      this.#hasGone = true;
      if (typeof this.#listener === 'function') this.#listener();
      else this.#listener?.handleEvent();
    });
  }

  get aborted(): boolean {
    return this.#hasGone;
  }

  /** Who proved to be so by credentials; undefined where none are asked for. */
  get identity(): Identity | undefined {
    return identityOf(this.#request);
  }

  /** For taking turns only; an {@link identity} is proven. */
  identify(): string {
    return this.#identify(this.#request);
  }

  /** One listener at a time: a call waits for one thing at a time. */
  addEventListener(_type: 'abort', listener: CancelListener): void {
    this.#listener = listener;
  }

  removeEventListener(_type: 'abort', listener: CancelListener): void {
    if (this.#listener === listener) this.#listener = undefined;
  }
}
