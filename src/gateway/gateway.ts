import type { Contract, Operation, ToolSource } from '../contract/contract.ts';
import type { Problem } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { CallOutcome } from '../upstream/upstream.ts';
import { mapOutcome, type Answer } from './answer.ts';
import type { CallReport, CallRequest } from './call-request.ts';
import { createCallTimes, type CallTimes } from './call-times.ts';
import { createContractKeeper, type ContractKeeper, type OnTools } from './contract-keeper.ts';
import type { ContractLock, Drift } from './contract-lock.ts';
import { hasVanished } from './has-vanished.ts';
import { toInvalidArguments } from './invalid-arguments.ts';
import type { MountedServer, MountedServers } from './mounted-server.ts';
import { mountsOf, serverAt } from './mounts.ts';
import type { Profile } from './profile.ts';
import { ResultChecks } from './result-checks.ts';
import { Roster } from './roster.ts';
import { toServerStatus, type ServerStatus } from './server-status.ts';
import { toNotConnected, toNotFound } from './unknown-path.ts';

/** The parts and limits of a gateway. */
export interface GatewayOptions {
  readonly servers: MountedServers;
  /** Builds and checks the contract for what the servers list now. */
  readonly buildContract: (sources: readonly ToolSource[]) => Promise<Contract>;
  /** A committed contract that the live tools are compared with. */
  readonly lock?: ContractLock;
  /** Is told what the servers list. */
  readonly onTools?: OnTools | undefined;
  readonly callTimeoutMs: number;
  /** How far progress may extend a call. @default not at all */
  readonly maxCallTimeMs?: number;
  readonly toolErrorStatus: number;
  readonly validateResponses: 'off' | 'warn' | 'enforce';
  /** In place of our own form of results. */
  readonly toResultBody?: Profile['toResultBody'] | undefined;
  readonly logger: Logger;
}

/** A request calls a tool. */
export interface OperationRoute {
  readonly kind: 'operation';
  readonly operation: Operation;
  readonly contract: Contract;
  readonly server: MountedServer;
}

/** Where a request goes. */
export type Route =
  | OperationRoute
  | { readonly kind: 'wrong_method'; readonly allow: readonly string[] }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** One call from request to answer, under the contract of the moment. */
export class Gateway {
  readonly resultChecks: ResultChecks;
  readonly #options: GatewayOptions;
  readonly #callTimes: (tool: string) => CallTimes;
  readonly #keeper: ContractKeeper;
  readonly #roster = new Roster();
  #isLeaving = false;
  #isDraining = false;
  #isClosed = false;

  private constructor(options: GatewayOptions, keeper: ContractKeeper) {
    this.#options = options;
    this.#callTimes = createCallTimes(options);
    this.resultChecks = new ResultChecks(options);
    this.#keeper = keeper;
    this.#roster.mount(options.servers.values());
  }

  /** Builds the first contract; throws what `buildContract` throws. */
  static async create(options: GatewayOptions): Promise<Gateway> {
    return new Gateway(options, await createContractKeeper(options));
  }

  /** The contract that new requests are held to. */
  get contract(): Contract {
    return this.#keeper.contract;
  }

  /** The servers behind it now. */
  get servers(): MountedServers {
    return this.#keeper.servers;
  }

  /** Name of a server → the path that its tools are under, percent-encoded; '' for the only one. */
  get mounts(): ReadonlyMap<string, string> {
    return mountsOf(this.servers);
  }

  /** What the servers list now, as far as it is served; a committed contract may say otherwise. */
  get sources(): readonly ToolSource[] {
    return this.#keeper.sources;
  }

  /** How the live tools differ from the committed contract; undefined without one, or when they do not. */
  get drift(): Drift | undefined {
    return this.#keeper.drift;
  }

  /** True once the end is near: whoever can choose does better to call elsewhere. */
  get isLeaving(): boolean {
    return this.#isLeaving || this.#isDraining;
  }

  /** Resolves when the contract covers what the servers list at the moment. */
  async settled(): Promise<void> {
    await this.#keeper.settled();
  }

  /** Finds where a request goes, by upper-case method and raw URL path. */
  route(method: string, path: string): Route {
    const match = this.#keeper.contract.match(method, path);
    switch (match.kind) {
      case 'operation':
        // A committed contract may name a server that is configured no longer.
        return this.routeCall(path) ?? { kind: 'problem', problem: this.findNothing(path, []) };
      case 'wrong_method':
        return match;
      case 'unknown':
        return { kind: 'problem', problem: this.findNothing(path, match.nearest) };
    }
  }

  /** Finds the tool that a POST to a raw URL path calls; undefined when there is none. */
  routeCall(path: string): OperationRoute | undefined {
    const { contract, servers } = this.#keeper;
    const match = contract.match('POST', path);
    if (match.kind !== 'operation') return undefined;
    const { operation } = match;
    const server = servers.get(operation.server);
    return server && { kind: 'operation', operation, contract, server };
  }

  /** The name of the server that a raw URL path leads to, whatever follows; undefined when none does. */
  serverAt(path: string): string | undefined {
    return serverAt(this.servers, path);
  }

  /** Why nothing is known of a server's tools; undefined when they are known, also of one that is down. */
  findUnknown(server: string): Problem | undefined {
    const upstream = this.servers.get(server)?.upstream;
    const isNamed = (of: { readonly server: string }): boolean => of.server === server;
    // A committed contract knows the tools of servers that have not connected.
    if (upstream === undefined || this.sources.some(isNamed) || this.contract.operations.some(isNamed))
      return undefined;
    return toNotConnected(upstream);
  }

  /** What is wrong about a path that nothing of a server's has; `nearest` has nearly that path. */
  findNothing(path: string, nearest: readonly string[] = []): Problem {
    const server = this.serverAt(path);
    const unknown = server === undefined ? undefined : this.findUnknown(server);
    return unknown ?? toNotFound(this.servers, path, nearest);
  }

  /** Validates, calls, maps; never rejects but for our own defects. */
  async call(request: CallRequest): Promise<CallReport> {
    if (this.#isDraining)
      return { answer: problem({ code: 'shutting_down', detail: shuttingDown, retryAfter: 1 }) };
    const { operation, contract } = request;
    const violations =
      request.isValidated === true ? undefined : contract.validateArguments(operation, request.arguments);
    if (violations !== undefined) return { answer: problem(toInvalidArguments(operation, violations)) };
    const { calls } = this.#roster;
    calls.begin(request.server);
    try {
      const outcome = await this.#callUpstream(request);
      const mapped = this.#toAnswer(request, outcome);
      const answer = mapped instanceof Promise ? await mapped : mapped;
      return { answer, upstreamMs: outcome.kind === 'result' ? outcome.upstreamMs : undefined };
    } finally {
      calls.end(request.server);
    }
  }

  /** Each server's state, for /readyz and the logs. */
  status(): readonly ServerStatus[] {
    const { servers, contract } = this.#keeper;
    return [...servers].map(([server, mounted]) => toServerStatus(server, mounted, contract));
  }

  /** Calls are still taken, but readiness says that the end is near. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** Refuses new calls and waits for those in flight; true when all of them finished within `deadlineMs`. */
  async drain(deadlineMs: number): Promise<boolean> {
    this.#isDraining = true;
    return await this.#roster.calls.untilIdle(deadlineMs);
  }

  /**
   * Serves other servers from now on; resolves when it does. Those that stay are not touched; those that are gone finish
   * their calls, within `deadlineMs`, and end.
   */
  async replaceServers(servers: MountedServers, deadlineMs: number): Promise<void> {
    this.#roster.mount(servers.values());
    await this.#keeper.replaceServers(servers);
    this.#roster.keepOnly([...this.#keeper.servers.values()], deadlineMs);
  }

  /** Ends the servers, and whatever they started, within `deadlineMs`. */
  async close(deadlineMs: number): Promise<void> {
    this.#isDraining = true;
    this.#isClosed = true;
    this.#keeper.stop();
    await this.#roster.close(deadlineMs);
  }

  #callUpstream(request: CallRequest): Promise<CallOutcome> {
    const { operation, server, headers } = request;
    const { timeoutMs, extraTime } = (server.callTimes ?? this.#callTimes)(operation.tool);
    return server.upstream.callTool({
      tool: operation.tool,
      argumentsJson: request.argumentsJson,
      timeoutMs,
      isRepeatable: operation.isRepeatable,
      extraTime,
      client: request.client,
      trace: request.trace,
      signal: request.signal,
      onProgress: request.onProgress,
      callerHeaders: headers,
      forwardedHeaders: headers && server.pickHeaders?.(headers),
    });
  }

  #toAnswer(request: CallRequest, outcome: CallOutcome): Answer | Promise<Answer> {
    if (outcome.kind === 'error' && outcome.code === invalidParams) return this.#toError(request, outcome);
    // Whoever is cut off by our own end should not blame the server.
    return outcome.kind === 'lost' && this.#isClosed ? problem(cutOff) : this.#map(request, outcome);
  }

  async #toError(request: CallRequest, outcome: CallOutcome): Promise<Answer> {
    const { tool } = request.operation;
    if (!(await hasVanished(request.server.upstream, tool))) return await this.#map(request, outcome);
    return problem({ code: 'not_found', detail: `The server no longer has the tool ${tool}.` });
  }

  #map(request: CallRequest, outcome: CallOutcome): Answer | Promise<Answer> {
    const { operation, server, preference } = request;
    const { toolErrorStatus, validateResponses, toResultBody } = this.#options;
    const isChecked = operation.hasOutputSchema && validateResponses !== 'off';
    return mapOutcome(outcome, {
      operation,
      preference,
      toolErrorStatus,
      times: (server.callTimes ?? this.#callTimes)(operation.tool),
      checkResult: isChecked ? (value: unknown) => this.resultChecks.check(request, value) : undefined,
      toResultBody,
    });
  }
}

/** A JSON-RPC error that may mean that the tool is gone. */
const invalidParams = -32602;
/** No 503: whoever repeats those by itself would call a tool twice. */
const cutOff: Problem = {
  code: 'upstream_unavailable',
  detail: 'The gateway ended before the tool answered; the call may have acted.',
};
const shuttingDown = 'The gateway is shutting down; call again in a moment.';

function problem(of: Problem): Answer {
  return { kind: 'problem', problem: of };
}
