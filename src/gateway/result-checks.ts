import type { Contract, Operation } from '../contract/contract.ts';
import type { Problem } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { MountedServer } from './mounted-server.ts';

/** What follows a violation, and where it is logged. */
export interface ResultCheckOptions {
  readonly validateResponses: 'off' | 'warn' | 'enforce';
  readonly logger: Logger;
}

/** Whose result is checked. */
interface CheckedCall {
  readonly contract: Contract;
  readonly operation: Operation;
  readonly server: MountedServer;
  readonly requestId: string;
}

/** Hears of a call whose result broke its schema. */
export type ViolationListener = (server: string, tool: string) => void;

/** Holds structured results to their output schemas. */
export class ResultChecks {
  readonly #mode: ResultCheckOptions['validateResponses'];
  readonly #logger: Logger;
  readonly #listeners = new Set<ViolationListener>();

  constructor({ validateResponses, logger }: ResultCheckOptions) {
    this.#mode = validateResponses;
    this.#logger = logger;
  }

  /** Tells of each violation, be it enforced or not. */
  onViolation(listener: ViolationListener): void {
    this.#listeners.add(listener);
  }

  /** The problem to answer with, when a result breaks its schema and that is enforced. */
  check({ contract, operation, server, requestId }: CheckedCall, value: unknown): Problem | undefined {
    const violations = contract.validateResult(operation, value);
    if (violations === undefined) return undefined;
    const { tool } = operation;
    const first = violations[0];
    this.#logger.warn(
      { requestId, tool, pointer: first?.pointer, keyword: first?.keyword },
      'result violates the output schema',
    );
    for (const listener of this.#listeners) listener(server.upstream.name, tool);
    if (this.#mode !== 'enforce') return undefined;
    const detail = `The result of ${tool} violates its output schema: ${first?.pointer ?? ''} ${first?.message ?? ''}.`;
    return { code: 'invalid_result', detail, extensions: { violations } };
  }
}
