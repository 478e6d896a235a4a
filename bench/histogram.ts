/** A {@link Histogram} as it travels between processes. */
export type PackedHistogram = readonly (readonly [bucket: number, count: number])[];

/** Buckets of each power of two: what is read back is within 1/128 of what was recorded. */
const bits = 7;
const linear = 2 ** bits;

/** Counts times by size, within 0.8 %, in constant memory however many there are. */
export class Histogram {
  readonly #counts = new Map<number, number>();
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  static merge(all: readonly PackedHistogram[]): Histogram {
    const merged = new Histogram();
    for (const packed of all) for (const [bucket, count] of packed) merged.#add(bucket, count);
    return merged;
  }

  get count(): number {
    return this.#count;
  }

  get meanMs(): number {
    return this.#count === 0 ? 0 : this.#sumMs / this.#count;
  }

  /** Exact, as long as it was recorded here. */
  get maxMs(): number {
    return this.#maxMs;
  }

  record(ms: number): void {
    const bucket = toBucket(ms);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#count += 1;
    this.#sumMs += ms;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  /** What this part, 0 to 1, of all times does not exceed (nearest rank); 0 when there are none. */
  percentileMs(part: number): number {
    const rank = Math.max(1, Math.ceil(part * this.#count));
    let seen = 0;
    for (const [upToMs, count] of this.rows()) {
      seen += count;
      if (seen >= rank) return Math.min(upToMs, this.#maxMs);
    }
    return 0;
  }

  /** Upper bounds in ms and counts, rising. */
  rows(): readonly (readonly [upToMs: number, count: number])[] {
    return this.pack().map(([bucket, count]) => [toUpperMs(bucket), count]);
  }

  pack(): PackedHistogram {
    return [...this.#counts].toSorted(([a], [b]) => a - b);
  }

  #add(bucket: number, count: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.#count += count;
    this.#sumMs += toUpperMs(bucket) * count;
    this.#maxMs = Math.max(this.#maxMs, toUpperMs(bucket));
  }
}

/** Whole µs up to 128, then 128 buckets for each doubling. */
function toBucket(ms: number): number {
  const us = Math.max(0, Math.ceil(ms * 1_000));
  if (us <= linear) return us;
  const power = Math.floor(Math.log2(us - 1)) - bits;
  return (power + 1) * linear + Math.ceil(us / 2 ** power) - linear;
}

function toUpperMs(bucket: number): number {
  if (bucket <= linear) return bucket / 1_000;
  const power = Math.floor((bucket - 1) / linear) - 1;
  return ((bucket - (power + 1) * linear + linear) * 2 ** power) / 1_000;
}
