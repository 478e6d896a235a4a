import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';

/** How one server lets the gateway in: what the SDK's transports need, and the wait for a person. */
export interface Authorization {
  /** For the SDK's transports. */
  readonly provider: OAuthClientProvider;
  /** After a transport has thrown UnauthorizedError: shows the URL, waits for the person, hands the code to the transport. */
  authorize(
    transport: { finishAuth(code: string): Promise<void> },
    onUrl: (url: string) => void,
    signal: AbortSignal,
  ): Promise<void>;
}
