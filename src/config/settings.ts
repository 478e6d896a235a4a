import type { AuthorizationRule } from '../authorization/authorization-rule.ts';
import type { TokenSettings } from '../identity/token-settings.ts';
import type { RateLimit } from '../limits/rate-limit.ts';
import type { RedisSettings } from '../redis/redis-settings.ts';
import type { FairBy } from '../upstream/calls/fair-by.ts';
import type { AuditSettings } from './audit-settings.ts';
import type { ServerSettings } from './server-settings.ts';
import type { TraceSettings } from './trace-settings.ts';

/** How much of the logs is written. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** A committed document, and what to do when the live tools depart from it. */
export interface ContractSettings {
  /** JSON or YAML, as `--print-openapi` writes it. */
  readonly path: string;
  /** Do not start, serve the committed contract all the same, or serve the live one. @default 'warn' */
  readonly policy: 'refuse' | 'warn' | 'follow';
}

/** Everything `mcpo-serve` can be told, validated once and frozen. */
export interface Settings {
  /** Address to bind. @default '127.0.0.1' */
  readonly host: string;
  /** 0 picks a free one. @default 8000 */
  readonly port: number;
  /** Required of callers of the tools when given. */
  readonly apiKey?: string;
  /** Further keys, by name; read again when it changes. @default none */
  readonly apiKeysFile?: string;
  /** Signed tokens that open as keys do. @default none */
  readonly tokens?: TokenSettings;
  /** Addresses and networks of proxies that say who their users are. @default nobody is believed */
  readonly trustedProxies?: readonly string[];
  /** Credentials are required for documents, docs pages and metrics as well. @default false */
  readonly strictAuth: boolean;
  /** Who may call what; takes credentials. @default whoever may call at all, everything */
  readonly authorization?: readonly AuthorizationRule[];
  /** A file of such rules instead; read again when it changes. @default none */
  readonly authorizationFile?: string;
  /** Callers see what they may call and nothing else, which takes credentials for documents and pages. @default false */
  readonly hidesForbidden: boolean;
  /** Overrides of the document's info. */
  readonly info: { readonly title?: string; readonly description?: string; readonly version?: string };
  readonly servers: readonly ServerSettings[];
  /**
   * `single`: the only server's tools sit at the root, and the gateway does not start without it. `named`: each
   * server's tools sit under its name, and one that cannot be reached is tried again for ever. @default 'single'
   */
  readonly layout: 'single' | 'named';
  /** Origins whose pages may call the gateway from a browser; `*` means any. @default none */
  readonly corsAllowOrigins: readonly string[];
  /** PEM files; they are read again when they change. @default plain HTTP */
  readonly tls?: { readonly certPath: string; readonly keyPath: string };
  /** Where a proxy shows the gateway: '' or a path without a slash at its end. @default '' */
  readonly rootPath: string;
  /** The path below it that everything answers under as well, likewise. @default '' */
  readonly pathPrefix: string;
  /** Whether X-Forwarded-* headers are believed. @default false */
  readonly trustProxy: boolean;
  /** Base URL at which browsers reach the gateway, for OAuth callbacks. */
  readonly publicUrl?: string;
  /** `mcpo`: what clients can see is as mcpo 0.0.20 has it (COMPAT rules). @default 'default' */
  readonly profile: 'default' | 'mcpo';
  /** @default 4 MiB */
  readonly maxBodyBytes: number;
  /** How long the answer to an Idempotency-Key is kept; 0: the header is ignored. @default 10 min */
  readonly idempotencyTtlMs: number;
  /** How often each client may call; servers and tools may have limits of their own. @default as often as it likes */
  readonly rateLimit?: RateLimit;
  /** Shares what gateways share. @default each gateway is by itself */
  readonly redis?: RedisSettings;
  /** Largest message read from a server. @default 256 MiB */
  readonly maxMessageBytes: number;
  /** @default 60 s */
  readonly callTimeoutMs: number;
  /** How far progress may extend a call beyond its time-out. @default not at all */
  readonly maxCallTimeMs?: number;
  /** Calls sent over one connection to a server and not yet settled. @default 1000 */
  readonly maxInFlight: number;
  /** Calls waiting for that; 0: none waits. @default 1000 */
  readonly maxQueue: number;
  /** What tells the clients apart that take turns where calls have to wait. @default their addresses */
  readonly fairBy: FairBy;
  /** For a request's headers and body each, and for some of an answer to be read. @default 30 s */
  readonly requestTimeoutMs: number;
  /** How long readiness is down, and everything still answered, before connections are refused. @default not at all */
  readonly drainDelayMs: number;
  /** For all of the shutdown after that. @default 10 s */
  readonly shutdownTimeoutMs: number;
  /** Time for a server to answer initialize; the first start may have to download it. @default 60 s */
  readonly startTimeoutMs: number;
  /** HTTP status of a tool's own failure (isError). @default 424 */
  readonly toolErrorStatus: number;
  /** What happens to results that violate their output schema. @default 'warn' */
  readonly validateResponses: 'off' | 'warn' | 'enforce';
  /** Version that the document is shown in; routing and validation follow the one of 3.1. @default '3.1' */
  readonly openapiVersion: '3.1' | '3.0';
  /** The document is shown without references. @default false */
  readonly inlineRefs: boolean;
  /** Whether `format` is checked. @default 'annotate' */
  readonly formats: 'annotate' | 'assert';
  /** A committed document that the servers are held to. */
  readonly contract?: ContractSettings;
  /** One line a call, for those who have to know who did what. @default none is kept */
  readonly audit?: AuditSettings;
  /** Spans of requests and calls are exported. @default nothing is traced */
  readonly tracing?: TraceSettings;
  /** @default 'info' */
  readonly logLevel: LogLevel;
}

/** The defaults of everything that has one. */
export const defaultSettings: Omit<
  Settings,
  | 'servers'
  | 'apiKey'
  | 'apiKeysFile'
  | 'tokens'
  | 'authorization'
  | 'authorizationFile'
  | 'trustedProxies'
  | 'contract'
  | 'tls'
  | 'publicUrl'
  | 'maxCallTimeMs'
  | 'tracing'
  | 'audit'
  | 'rateLimit'
  | 'redis'
> = {
  host: '127.0.0.1',
  port: 8000,
  strictAuth: false,
  hidesForbidden: false,
  info: {},
  layout: 'single',
  corsAllowOrigins: [],
  rootPath: '',
  pathPrefix: '',
  trustProxy: false,
  profile: 'default',
  maxBodyBytes: 4 * 1024 * 1024,
  idempotencyTtlMs: 600_000,
  maxMessageBytes: 256 * 1024 * 1024,
  callTimeoutMs: 60_000,
  maxInFlight: 1000,
  maxQueue: 1000,
  fairBy: { kind: 'address' },
  requestTimeoutMs: 30_000,
  drainDelayMs: 0,
  shutdownTimeoutMs: 10_000,
  startTimeoutMs: 60_000,
  toolErrorStatus: 424,
  validateResponses: 'warn',
  openapiVersion: '3.1',
  inlineRefs: false,
  formats: 'annotate',
  logLevel: 'info',
};
