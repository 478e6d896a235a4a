import { UpstreamStartError } from '../../errors.ts';
import type { ExpectedResponse } from './authorization-response.ts';
import { findFreePort, type LoopbackListeners } from './loopback-listeners.ts';
import { OauthCallbacks } from './oauth-callbacks.ts';
import { gatewayUrl, loopbackUrl, parseLoopbackUrl, type LoopbackHost } from './redirect-url.ts';

/** The place where the authorization server sends the person back to, with the code. */
export interface CodeReceiver {
  /** Valid once `prepare` has resolved. */
  readonly redirectUrl: string;
  /** @param registered what the client was registered with, which is kept when possible */
  prepare(registered: string | undefined): Promise<void>;
  /**
   * Waits for the code, and exchanges it while the place is still open: who brought the code is told what came of it.
   *
   * @throws UpstreamStartError when it cannot come, or the authorization server says no
   * @throws the signal's reason
   */
  receive(expected: ExpectedResponse, steps: CodeSteps, signal: AbortSignal): Promise<void>;
}

interface CodeSteps {
  /** Called once the code can come. */
  readonly onReady: () => void;
  readonly exchange: (code: string) => Promise<void>;
}

/** At `{publicUrl}/oauth/callback/{server}`, which the gateway itself serves. */
export function createGatewayReceiver(
  server: string,
  publicUrl: string,
  callbacks: OauthCallbacks,
): CodeReceiver {
  const redirectUrl = gatewayUrl(publicUrl, server);
  return {
    redirectUrl,
    prepare: () => Promise.resolve(),
    async receive(expected, { onReady, exchange }, signal) {
      onReady();
      await callbacks.redeem(server, expected, exchange, signal);
    },
  };
}

/** What is known of a loopback callback before its port is. */
export interface LoopbackCallback {
  readonly host: LoopbackHost;
  /** 0 is any free one, and then the same as long as it is free. */
  readonly port: number;
  /** What the client is known with, in place of ours. */
  readonly redirectUri?: string;
}

/** At a port of this machine. */
export function createLoopbackReceiver(
  server: string,
  { host, port: configuredPort, redirectUri }: LoopbackCallback,
  listeners: LoopbackListeners,
): CodeReceiver {
  let port = configuredPort;
  return {
    get redirectUrl() {
      return redirectUri ?? loopbackUrl(host, port);
    },
    async prepare(registered) {
      if (port === 0) port = await findFreePort(portOf(registered, host));
    },
    async receive(expected, { onReady, exchange }, signal) {
      // Its own: what comes to the gateway's public address must not be taken for what came here.
      const callbacks = new OauthCallbacks();
      let leave: () => void;
      try {
        const place = parseLoopbackUrl(this.redirectUrl);
        if (place === undefined)
          throw new UpstreamStartError(`${this.redirectUrl} is not on this machine`, []);
        const remedy =
          redirectUri === undefined ? 'set another "callback_port"' : 'name another in "redirect_uris"';
        leave = await listeners.open(place, remedy, (params) => callbacks.accept(server, params));
      } catch (error) {
        port = configuredPort;
        throw error;
      }
      try {
        onReady();
        await callbacks.redeem(server, expected, exchange, signal);
      } finally {
        leave();
      }
    },
  };
}

function portOf(url: string | undefined, host: LoopbackHost): number {
  const port = parseLoopbackUrl(url ?? '')?.port ?? 0;
  return url === loopbackUrl(host, port) ? port : 0;
}
