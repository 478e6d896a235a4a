import type { JsonObject } from '../../src/index.ts';

/** What a server said of itself when it was initialized; empty where it said nothing. */
export interface ServerFacts {
  readonly protocolVersion: string;
  readonly capabilities: JsonObject;
  readonly name: string;
  readonly version: string;
}
