import type { ExpectedResponse } from './authorization-response.ts';
import { findFreePort, loopbackUrl, type LoopbackListeners } from './loopback-listeners.ts';
import { OauthCallbacks } from './oauth-callbacks.ts';

/** The place where the authorization server sends the person back to, with the code. */
export interface CodeReceiver {
  /** Valid once `prepare` has resolved. */
  readonly redirectUrl: string;
  /** @param registered what the client was registered with, which is kept when possible */
  prepare(registered: string | undefined): Promise<void>;
  /**
   * Waits for the code.
   *
   * @param onReady called once it can come
   * @throws UpstreamStartError when it cannot, or the authorization server says no
   * @throws the signal's reason
   */
  receive(expected: ExpectedResponse, signal: AbortSignal, onReady: () => void): Promise<string>;
}

/** At `{publicUrl}/oauth/callback/{server}`, which the gateway itself serves. */
export function createGatewayReceiver(
  server: string,
  publicUrl: string,
  callbacks: OauthCallbacks,
): CodeReceiver {
  const redirectUrl = `${publicUrl.replace(/\/+$/, '')}/oauth/callback/${encodeURIComponent(server)}`;
  return {
    redirectUrl,
    prepare: () => Promise.resolve(),
    async receive(expected, signal, onReady) {
      onReady();
      return await callbacks.wait(server, expected, signal);
    },
  };
}

/** At a port of this machine; 0 is any free one, and then the same as long as it is free. */
export function createLoopbackReceiver(
  server: string,
  configuredPort: number,
  listeners: LoopbackListeners,
): CodeReceiver {
  let port = configuredPort;
  return {
    get redirectUrl() {
      return loopbackUrl(port);
    },
    async prepare(registered) {
      if (port === 0) port = await findFreePort(portOf(registered));
    },
    async receive(expected, signal, onReady) {
      // Its own: what comes to the gateway's public address must not be taken for what came here.
      const callbacks = new OauthCallbacks();
      let leave: () => void;
      try {
        leave = await listeners.open(port, (params) => callbacks.accept(server, params));
      } catch (error) {
        port = configuredPort;
        throw error;
      }
      try {
        onReady();
        return await callbacks.wait(server, expected, signal);
      } finally {
        leave();
      }
    },
  };
}

function portOf(url: string | undefined): number {
  if (url === undefined || !URL.canParse(url)) return 0;
  const port = Number(new URL(url).port);
  return url === loopbackUrl(port) ? port : 0;
}
