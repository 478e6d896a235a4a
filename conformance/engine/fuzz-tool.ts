import type { CallCheck, CheckInfo } from '../checks/check.ts';
import type { FindingDraft } from '../findings/finding.ts';
import { breaksFormat } from '../fuzzing/breaks-format.ts';
import { namesSeveral } from '../fuzzing/names-several.ts';
import { readAnswer } from '../fuzzing/read-answer.ts';
import type { JudgedCall, TestCall } from '../fuzzing/test-call.ts';
import type { Reply } from '../target/session.ts';
import { judgeCall } from './judge-call.ts';
import { ServerUnavailableError, type SessionKeeper } from './session-keeper.ts';
import { toKey, type Seen } from './unit.ts';

/** Something that was seen while calls were under way, and which of them may have caused it. */
export interface Suspicion extends Seen {
  /** The likeliest first. */
  readonly suspects: readonly TestCall[];
  /** The calls before them, oldest first, as many as are remembered. */
  readonly earlier: readonly TestCall[];
  readonly occurrences: number;
  readonly places: ReadonlySet<string>;
}

/** What the calls of one tool in one phase came to. */
export interface FuzzResult {
  readonly suspicions: readonly Suspicion[];
  /** Ids of checks that had something to judge. */
  readonly observed: ReadonlySet<string>;
  readonly sent: number;
  /** Sent and left. */
  readonly planned: number;
  /** Negative calls that were answered by some error. */
  readonly refused: number;
  /** Valid calls, and those among them that were refused for their shape. */
  readonly valid: { readonly sent: number; readonly refused: number };
  readonly isCutShort: boolean;
  readonly tookMs: number;
  /** Why the server could not be started again, if so. */
  readonly failure?: string;
}

export interface FuzzOptions {
  readonly calls: Iterable<TestCall>;
  readonly checks: readonly CallCheck[];
  readonly keeper: SessionKeeper;
  readonly concurrency: number;
  readonly requestTimeoutMs: number;
  /** What a call of the tool takes, as far as it is known. */
  readonly usualMs: number;
  /** When to stop, by `performance.now()`. */
  readonly endsAtMs: number;
  readonly isAborted: () => boolean;
}

/** As much as it takes to find what a server remembers of earlier calls. */
const KEPT_CALLS = 300;
/** Answers this much slower than any so far are no longer waited for: whether it hangs is found out later. */
const PATIENCE = 20;
const MIN_PATIENCE_MS = 5_000;
/** What is under way at the end gets this long, so that a call that hangs is still found; of a slow tool, less. */
const GRACE_MS = MIN_PATIENCE_MS + 500;
const SLOW_GRACE_MS = 1_000;
const SLOW_MS = 1_000;
const NEVER_MS = 86_400_000;
/** Of a tool that has hung, it is known already. */
const MIN_PATIENCE_AGAIN_MS = 1_000;

/** Makes the calls, several at once, on the keeper's session; a server that ends is started again. */
export async function fuzzTool(options: FuzzOptions): Promise<FuzzResult> {
  const { keeper, checks, concurrency, requestTimeoutMs, endsAtMs, isAborted } = options;
  const calls = options.calls[Symbol.iterator]();
  /** The calls that wait for an answer, and how each is given up. */
  const underWay = new Map<TestCall, () => void>();
  const history: TestCall[] = [];
  const lost: TestCall[] = [];
  const observed = new Set<string>();
  const suspicions = new Map<string, MutableSuspicion>();
  const counts = { sent: 0, refused: 0, valid: { sent: 0, refused: 0 } };
  const startedAt = performance.now();
  const isSlow = options.usualMs > SLOW_MS;
  let slowestMs = options.usualMs;
  let patienceMs = MIN_PATIENCE_MS;
  let isCutShort = false;
  let isLeft = false;
  let failure: string | undefined;
  const exercise = ({ id }: CheckInfo): void => void observed.add(id);
  keeper.collectInto({ report: (check, draft) => suspect(check, draft), exercise });
  const graceMs = isSlow ? SLOW_GRACE_MS : GRACE_MS;
  const timer = setTimeout(giveUp, Math.max(0, endsAtMs - startedAt) + graceMs);
  await Promise.all(Array.from({ length: concurrency }, work));
  clearTimeout(timer);
  // What was under way when the server ended has not been tried.
  for (const call of lost.splice(0)) if (!isOver()) await tolerate(() => make(call));
  // Calls that were given up may keep the server busy.
  if (isLeft) await keeper.closeShared();
  await tolerate(() => keeper.settle());
  return {
    suspicions: [...suspicions.values()],
    observed,
    ...counts,
    planned: counts.sent + (isCutShort ? countRest(calls) : 0),
    isCutShort,
    tookMs: performance.now() - startedAt,
    ...(failure !== undefined && { failure }),
  };

  function giveUp(): void {
    for (const end of underWay.values()) end();
  }

  async function work(): Promise<void> {
    while (!isOver()) {
      const next = calls.next();
      if (next.done === true) return;
      await tolerate(() => make(next.value));
    }
  }

  function isOver(): boolean {
    if (failure !== undefined || isAborted()) return true;
    if (performance.now() < endsAtMs) return false;
    isCutShort = true;
    return true;
  }

  async function make(call: TestCall): Promise<void> {
    const session = await keeper.session();
    // Whether a slow tool hangs, or does what it was asked to, nobody can say.
    const timeoutMs = isSlow
      ? NEVER_MS
      : Math.min(requestTimeoutMs, Math.max(patienceMs, slowestMs * PATIENCE));
    history.push(call);
    if (history.length > 2 * KEPT_CALLS) history.splice(0, KEPT_CALLS);
    const params = { name: call.tool.name, arguments: call.arguments };
    const pending = session.start('tools/call', params, { timeoutMs });
    const reply = await new Promise<Reply | undefined>((resolve) => {
      underWay.set(call, () => resolve(undefined));
      // A reply never rejects.
      void pending.reply.then(resolve);
    });
    underWay.delete(call);
    if (reply === undefined) {
      // It is neither known to be answered nor to hang.
      isCutShort = true;
      isLeft = true;
      session.cancel(pending.request);
      return;
    }
    if (reply.kind === 'ended' && concurrency > 1) {
      lost.push(call);
      return;
    }
    counts.sent += 1;
    if (reply.kind === 'unanswered') patienceMs = MIN_PATIENCE_AGAIN_MS;
    if (reply.kind === 'result' || reply.kind === 'error') slowestMs = Math.max(slowestMs, reply.tookMs);
    count({ ...call, pending, reply });
  }

  function count(call: JudgedCall): void {
    const answer = readAnswer(call.reply);
    const isRefusal = answer.kind === 'refusal' && !namesSeveral(call.tool, answer.text);
    if (call.intent.kind === 'valid') {
      counts.valid.sent += 1;
      if (isRefusal && !breaksFormat(call.tool, call.arguments)) counts.valid.refused += 1;
    } else if (call.intent.kind === 'invalid' && answer.kind !== 'result' && answer.kind !== 'none') {
      counts.refused += 1;
    }
    judgeCall(checks, call, { report: (check, draft) => suspect(check, draft, call), exercise });
  }

  function suspect(check: CheckInfo, draft: FindingDraft, judged?: TestCall): void {
    const key = toKey(check, draft, draft.tool);
    let suspicion = suspicions.get(key);
    if (suspicion === undefined) {
      const suspects = judged === undefined ? toSuspects(draft) : [judged];
      const earlier = history.filter((call) => !suspects.includes(call)).slice(-KEPT_CALLS);
      suspicion = { key, check, draft, suspects, earlier, occurrences: 0, places: new Set() };
      suspicions.set(key, suspicion);
    }
    suspicion.occurrences += 1;
    if (draft.place !== undefined) suspicion.places.add(draft.place);
  }

  /** Those under way, and the last one that was answered: it may have left something behind. */
  function toSuspects(draft: FindingDraft): readonly TestCall[] {
    const recent = [...underWay.keys(), ...history.slice(-1)];
    const named = recent.filter((call) => call.arguments === draft.arguments);
    return [...new Set([...named, ...recent])];
  }

  async function tolerate(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof ServerUnavailableError)) throw error;
      failure = error.message;
    }
  }
}

function countRest(calls: Iterator<TestCall>): number {
  let count = 0;
  while (calls.next().done !== true) count += 1;
  return count;
}

interface MutableSuspicion extends Suspicion {
  occurrences: number;
  readonly places: Set<string>;
}
