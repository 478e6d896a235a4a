import type { ServerResponse } from 'node:http';
import type { CancelListener, CancelSignal } from '../upstream/upstream.ts';
import { streamOf } from './tls/http2.ts';

/** Whether the caller of one request still waits for its answer; aborted when the connection closes before. */
export class Caller implements CancelSignal {
  #hasGone = false;
  #listener: CancelListener | undefined;

  constructor(response: ServerResponse) {
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

  /** One listener at a time: a call waits for one thing at a time. */
  addEventListener(_type: 'abort', listener: CancelListener): void {
    this.#listener = listener;
  }

  removeEventListener(_type: 'abort', listener: CancelListener): void {
    if (this.#listener === listener) this.#listener = undefined;
  }
}
