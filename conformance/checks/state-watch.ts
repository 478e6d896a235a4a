import { setTimeout as pause } from 'node:timers/promises';
import type { WireLine } from '../target/wire-event.ts';
import type { Caller, Exchange, ToolCall } from './caller.ts';
import { maskTimes } from './mask-times.ts';

/** What a view showed before something was done, and after. */
export interface Change {
  readonly view: ToolCall;
  readonly before: Exchange;
  readonly after: Exchange;
}

export interface CallEffect {
  /** Undefined when the call was not answered. */
  readonly exchange: Exchange | undefined;
  readonly change: Change | undefined;
}

/** A view that shows the same so often is not one that answers at random. */
const STEADY_LOOKS = 6;
/** Long enough for what counts seconds to move on. */
const IDLE_MS = 1_200;
const SHOWN_CHARACTERS = 200;

/** Sees what changes in the answers of read-only tools, and does not change by itself. */
export class StateWatch {
  readonly #caller: Caller;
  readonly #unsteady = new Set<string>();
  readonly #warm = new Set<string>();

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Looks at views for the first time: some answer otherwise from the second time on, whatever is done in between. */
  async warmUp(views: readonly ToolCall[]): Promise<void> {
    const cold = views.filter((view) => !this.#warm.has(keyOf(view)));
    for (const view of cold) this.#warm.add(keyOf(view));
    await this.#look(cold);
  }

  /**
   * Looks at the views, calls, and looks again.
   *
   * @param isWorthALook whether the answer may have changed anything; @default any answer
   */
  async changeBy(
    call: ToolCall,
    views: readonly ToolCall[],
    isWorthALook: (answered: Exchange) => boolean = () => true,
  ): Promise<CallEffect> {
    let exchange: Exchange | undefined;
    const [change] = await this.changesBy(views, 1, async () => {
      exchange = await this.#caller.call(call);
      return exchange !== undefined && isWorthALook(exchange);
    });
    return { exchange, change };
  }

  /**
   * Looks at the views, acts, and looks again.
   *
   * @param most changes that are of interest
   * @param act resolves with false when nothing happened that is worth a look
   */
  async changesBy(
    views: readonly ToolCall[],
    most: number,
    act: () => Promise<boolean>,
  ): Promise<readonly Change[]> {
    const before = await this.#look(views);
    if (!(await act())) return [];
    const changes: Change[] = [];
    for (const shown of before) {
      const after = await this.#caller.call(shown.call);
      if (after === undefined || textOf(after) === textOf(shown)) continue;
      changes.push({ view: shown.call, before: shown, after });
    }
    return this.#steadyOf(changes, most);
  }

  async #look(views: readonly ToolCall[]): Promise<readonly Exchange[]> {
    const shown: Exchange[] = [];
    for (const view of views) {
      if (this.#unsteady.has(keyOf(view))) continue;
      const exchange = await this.#caller.call(view);
      if (exchange !== undefined) shown.push(exchange);
    }
    return shown;
  }

  /** Those changes after which nothing changes any more while nothing is done. */
  async #steadyOf(changes: readonly Change[], most: number): Promise<readonly Change[]> {
    const steady: Change[] = [];
    for (const change of changes) {
      if (steady.length === most) break;
      if (await this.#staysFor(change, STEADY_LOOKS)) steady.push(change);
    }
    if (steady.length === 0) return [];
    await pause(IDLE_MS);
    const still: Change[] = [];
    for (const change of steady) if (await this.#staysFor(change, 1)) still.push(change);
    return still;
  }

  async #staysFor({ view, after }: Change, looks: number): Promise<boolean> {
    for (let look = 0; look < looks; look += 1) {
      const again = await this.#caller.call(view);
      if (again !== undefined && textOf(again) === textOf(after)) continue;
      this.#unsteady.add(keyOf(view));
      return false;
    }
    return true;
  }
}

/** A view and its arguments, for people. */
export function describeCall({ tool, args }: ToolCall): string {
  return shorten(`${tool.name} ${JSON.stringify(args)}`, SHOWN_CHARACTERS);
}

/** What the view showed and shows, each beginning a little before the place where they part. */
export function describeChange({ before, after }: Change): { readonly was: string; readonly is: string } {
  const [was, is] = [textOf(before), textOf(after)];
  let at = 0;
  while (at < was.length && was[at] === is[at]) at += 1;
  const start = Math.max(0, at - SHOWN_CHARACTERS / 4);
  const show = (text: string): string =>
    `${start > 0 ? '… ' : ''}${shorten(text.slice(start), SHOWN_CHARACTERS)}`;
  return { was: show(was), is: show(is) };
}

/** The lines of a change around those of what caused it. */
export function linesOf({ before, after }: Change, cause: Exchange): readonly WireLine[] {
  return [...before.lines, ...cause.lines, ...after.lines];
}

function textOf({ reply }: Exchange): string {
  return maskTimes(JSON.stringify(reply.kind === 'result' ? reply.result : reply.error));
}

function keyOf({ tool, args }: ToolCall): string {
  return JSON.stringify([tool.name, args]);
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)} …`;
}
