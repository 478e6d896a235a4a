import type { Logger } from '../../logger.ts';
import type { Clock } from '../clock.ts';
import type { Authorization } from '../oauth/authorization.ts';
import type { TrafficCounter } from '../traffic.ts';

/** What a session needs to know; see RemoteUpstreamOptions for the meaning of each. */
export interface RemoteSessionOptions {
  readonly type: 'auto' | 'sse' | 'streamable-http';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly clientInfo: { readonly name: string; readonly version: string };
  readonly authorization?: Authorization;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly traffic: TrafficCounter;
  readonly startTimeoutMs: number;
  readonly maxMessageBytes: number;
  readonly maxInFlight: number;
  readonly maxQueue: number;
}
