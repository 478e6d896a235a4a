import type { CallSample } from '../checks/check.ts';

/** What calls took that were made on their own: the fastest of each tool, since a busy machine only adds. */
export class Samples {
  readonly #byTool = new Map<string, CallSample>();

  add(sample: CallSample): void {
    const known = this.#byTool.get(sample.tool.name);
    if (known === undefined || sample.tookMs < known.tookMs) this.#byTool.set(sample.tool.name, sample);
  }

  list(): readonly CallSample[] {
    return [...this.#byTool.values()];
  }
}
