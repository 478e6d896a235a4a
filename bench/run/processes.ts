import { canMeasureProcesses, findFamily, readCpuUs, readRssMb } from '../machine.ts';

/** Processor time of the parts of a run, from when this was created; undefined where there is nothing to read. */
export class CpuWatch {
  readonly #root: number | undefined;
  readonly #readUs: (pid: number) => number;
  readonly #before: ReadonlyMap<number, number>;

  /** @param root the process in front; what descends from it is the server */
  constructor(root: number | undefined, readUs: (pid: number) => number = readCpuUs) {
    this.#readUs = readUs;
    this.#root = canMeasureProcesses ? root : undefined;
    this.#before = readFamily(this.#root, readUs);
  }

  /** µs of the process itself, and of all that descend from it; null where they cannot be read. */
  read(): { readonly root: number | null; readonly descendants: number | null } {
    const root = this.#root;
    if (root === undefined) return { root: null, descendants: null };
    let own = 0;
    let others = 0;
    for (const [pid, us] of readFamily(root, this.#readUs)) {
      // Who came meanwhile began at nothing.
      const used = us - (this.#before.get(pid) ?? 0);
      if (pid === root) own += used;
      else others += used;
    }
    return { root: own, descendants: others };
  }
}

/** Resident memory in MB; null where it cannot be read. */
export function readMemory(pid: number | undefined): number | null {
  if (pid === undefined || !canMeasureProcesses) return null;
  try {
    return readRssMb(pid);
  } catch {
    // It has ended.
    return null;
  }
}

function readFamily(root: number | undefined, readUs: (pid: number) => number): ReadonlyMap<number, number> {
  const used = new Map<number, number>();
  if (root === undefined) return used;
  for (const pid of findFamily(root)) {
    try {
      used.set(pid, readUs(pid));
    } catch {
      // It has ended.
    }
  }
  return used;
}
