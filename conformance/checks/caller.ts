import type { JsonObject } from '../../src/index.ts';
import { readAnswer, type Answer } from '../fuzzing/read-answer.ts';
import type { ListedTool } from '../target/list-tools.ts';
import type { Reply, Session } from '../target/session.ts';
import type { WireLine } from '../target/wire-event.ts';
import { isAnswered, toLines } from './evidence.ts';

export interface ToolCall {
  readonly tool: ListedTool;
  readonly args: JsonObject;
}

/** A call that was answered. */
export interface Exchange {
  readonly call: ToolCall;
  readonly reply: Extract<Reply, { kind: 'result' | 'error' }>;
  readonly answer: Answer;
  readonly lines: readonly WireLine[];
}

/** After which a probe should try nothing more, however many tools there are and however slow they are. */
export interface CallLimits {
  readonly maxCalls: number;
  /** Of all calls together. */
  readonly maxTimeMs: number;
}

/** A tool that takes longer is not called again. */
const SLOW_MS = 1_000;
/** A call that takes longer is given up: how long a tool takes may be one of its arguments. */
const PATIENCE_MS = 2_000;

/** Makes the calls of a probe, one after the other, on one session. */
export class Caller {
  readonly #session: Session;
  readonly #limits: CallLimits;
  readonly #slow = new Set<string>();
  #calls = 0;
  #tookMs = 0;

  constructor(session: Session, limits: CallLimits) {
    this.#session = session;
    this.#limits = limits;
  }

  /** True when nothing more is to be tried: the limits are reached, or the server is lost. */
  get isOver(): boolean {
    const { maxCalls, maxTimeMs } = this.#limits;
    return this.isLost || this.#calls >= maxCalls || this.#tookMs >= maxTimeMs;
  }

  get isLost(): boolean {
    return !this.#session.isUsable;
  }

  /**
   * Undefined when the call was not answered, or not made: the tool is slow, or the server is lost. Beyond the limits
   * calls are still made, so that what was begun is judged.
   */
  async call(call: ToolCall): Promise<Exchange | undefined> {
    const { tool, args } = call;
    if (this.isLost || this.#slow.has(tool.name)) return undefined;
    const pending = this.#session.start('tools/call', { name: tool.name, arguments: args });
    const reply = await Promise.race([pending.reply, givenUp()]);
    this.#calls += 1;
    if (reply === undefined) {
      this.#session.cancel(pending.request);
      this.#slow.add(tool.name);
      this.#tookMs += PATIENCE_MS;
    }
    if (reply === undefined || !isAnswered(reply)) return undefined;
    this.#tookMs += reply.tookMs;
    if (reply.tookMs > SLOW_MS) this.#slow.add(tool.name);
    return { call, reply, answer: readAnswer(reply), lines: toLines(pending, reply) };
  }
}

function givenUp(): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), PATIENCE_MS).unref();
  });
}
