import type { JsonObject } from '../../src/index.ts';
import type { HttpAnswer, RestRequest } from './rest-client.ts';
import type { RestDocument, RestOperation } from './rest-document.ts';
import type { SentLog } from './sent-log.ts';

/** A REST gateway in front of the server, as the checks of its contract see it. */
export interface GatewayUnderTest {
  /** True when it was started for this run, so that what reaches the server can be observed. */
  readonly isOwn: boolean;
  /** True when the server behind it can be asked too, to compare. */
  readonly hasServer: boolean;
  readonly document: RestDocument;
  /** The operation of a tool. */
  readonly operationOf: (tool: string) => RestOperation | undefined;
  /** Asks for the document once more, and gives its text; undefined when it came from a file. */
  readonly fetchDocument: () => Promise<string | undefined>;
  /** True when callers have to say who they are, and the run knows what to say. */
  readonly hasCredentials: boolean;
  readonly request: (request: RestRequest) => Promise<HttpAnswer>;
  /** The same request as a command for a POSIX shell; credentials stand in variables. Undefined when it is too long. */
  readonly toCurl: (request: RestRequest) => string | undefined;
  /** What the gateway sends to the server; undefined when it cannot be observed. */
  readonly sent: Pick<SentLog, 'mark' | 'callsSince'> | undefined;
}

/** The gateway of a run, or why there is none. */
export type GatewayAccess =
  | { readonly kind: 'open'; readonly gateway: GatewayUnderTest }
  | { readonly kind: 'none'; readonly reason: string }
  /** The one that was named cannot be used. */
  | { readonly kind: 'missing'; readonly reason: string };

/** A gateway that already runs. */
export interface RestOptions {
  /** Its address; the document is at `/openapi.json` below it. */
  readonly baseUrl: string;
  /** Sent with every request, by lower-case names; credentials, mostly. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Its document. @default what it serves at /openapi.json */
  readonly document?: JsonObject;
}
