import type { FailedKind, FaultSlice } from './faults-result.ts';

/** What became of one call. */
export type Outcome =
  | { readonly kind: 'succeeded' | 'wrong' }
  | { readonly kind: 'failed' | 'lost'; readonly what: string; readonly example: string };

export const sliceMs = 50;
/** An hour; what comes later is put into the last slice. */
const mostSlices = 72_000;
const keptKinds = 50;
const shownCharacters = 300;

/** Counts what became of calls, over the time. */
export class FaultCounts {
  succeeded = 0;
  failed = 0;
  lost = 0;
  wrong = 0;
  /** The end of the first success of a call that began after the kill, since the load began. */
  firstSuccessAtMs: number | undefined;
  /** Since the load began. */
  killedAtMs: number | undefined;
  readonly #startMs = performance.now();
  readonly #kinds = new Map<string, { count: number; example: string }>();
  readonly #slices: { succeeded: number; failed: number }[] = [];

  /** Since the load began. */
  get nowMs(): number {
    return performance.now() - this.#startMs;
  }

  get slices(): readonly FaultSlice[] {
    this.#sliceOfNow();
    return this.#slices.map((slice, at) => ({ ...slice, atMs: at * sliceMs }));
  }

  get failures(): readonly FailedKind[] {
    return [...this.#kinds].map(([what, kind]) => ({ what, ...kind })).toSorted((a, b) => b.count - a.count);
  }

  /** @param beganAtMs since the load began */
  add(outcome: Outcome, beganAtMs: number): void {
    const slice = this.#sliceOfNow();
    switch (outcome.kind) {
      case 'succeeded':
        this.succeeded += 1;
        slice.succeeded += 1;
        if (this.killedAtMs !== undefined && beganAtMs >= this.killedAtMs)
          this.firstSuccessAtMs ??= this.nowMs;
        return;
      case 'wrong':
        this.wrong += 1;
        return;
      case 'failed':
      case 'lost':
        this[outcome.kind] += 1;
        slice.failed += 1;
        this.#note(outcome);
    }
  }

  #note({ what, example }: { readonly what: string; readonly example: string }): void {
    const known = this.#kinds.get(what);
    if (known !== undefined) known.count += 1;
    else if (this.#kinds.size < keptKinds)
      this.#kinds.set(what, { count: 1, example: example.slice(0, shownCharacters) });
  }

  #sliceOfNow(): { succeeded: number; failed: number } {
    const at = Math.min(mostSlices - 1, Math.floor(this.nowMs / sliceMs));
    while (this.#slices.length < at) this.#slices.push({ succeeded: 0, failed: 0 });
    return (this.#slices[at] ??= { succeeded: 0, failed: 0 });
  }
}
