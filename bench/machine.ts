import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** The machine, as kept with results. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly platform: string;
  readonly node: string;
  /** Of the last minute, when this was read. */
  readonly loadAverage: number;
}

/** Whether processes can be measured here at all: what they use is read from /proc. */
export const canMeasureProcesses: boolean = existsSync('/proc/self/stat');

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / 1e6),
    platform: platform(),
    node: process.version,
    loadAverage: Number(loadavg()[0]?.toFixed(2)),
  };
}

/**
 * Processor time of a process so far, user and system, in µs.
 *
 * @throws Error when it has ended
 */
export function readCpuUs(pid: number): number {
  // Nanoseconds of every thread, where the kernel keeps them; else clock ticks, of which there are 100 a second.
  if (existsSync(`/proc/${pid}/schedstat`)) {
    let nanoseconds = 0;
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(readOrEmpty(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0]);
    }
    return nanoseconds / 1_000;
  }
  const fields = readStat(pid);
  if (fields === undefined) throw new Error(`process ${pid} has ended`);
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/**
 * What {@link readCpuUs} tells, and how long the main thread waited for a core: what it would compute if it were alone.
 *
 * @throws Error when the process has ended
 */
export function readDemandUs(pid: number): number {
  const [, waitedNs = '0'] = readOrEmpty(`/proc/${pid}/schedstat`).split(' ');
  return readCpuUs(pid) + Number(waitedNs) / 1_000;
}

/** Resident memory of a process, in MB. */
export function readRssMb(pid: number): number {
  return readStatusMb(pid, 'VmRSS');
}

/** The most resident memory since {@link resetPeakRss}, in MB. */
export function readPeakRssMb(pid: number): number {
  return readStatusMb(pid, 'VmHWM');
}

/** Forgets the peak so far. */
export function resetPeakRss(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The processes that descend from one, itself first. */
export function findFamily(pid: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(readStat(Number(name))?.[1]) }));
  const family = [pid];
  // Grows while it is walked.
  for (const member of family) {
    family.push(...parents.filter(({ parent }) => parent === member).map((child) => child.pid));
  }
  return family;
}

/** What the program of a process is called. */
export function readName(pid: number): string {
  return readOrEmpty(`/proc/${pid}/comm`).trim();
}

/** How many cores everybody together keeps busy, from now until the returned function is called. */
export function watchCores(): () => number {
  const before = readJiffies();
  return () => {
    const after = readJiffies();
    const total = after.total - before.total;
    return total === 0 ? 0 : ((after.busy - before.busy) / total) * cpus().length;
  };
}

/** How many cores others keep busy while this process does nothing. */
export async function measureOthers(ms = 500): Promise<number> {
  if (!canMeasureProcesses) return 0;
  const read = watchCores();
  await sleep(ms);
  return read();
}

function readJiffies(): { readonly busy: number; readonly total: number } {
  if (!canMeasureProcesses) return { busy: 0, total: 0 };
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const times = line.trim().split(/ +/).slice(1, 9).map(Number);
  const total = times.reduce((sum, each) => sum + each, 0);
  const [, , , idle = 0, ioWait = 0] = times;
  return { busy: total - idle - ioWait, total };
}

/** The fields behind the name, which may hold anything; undefined when the process has ended. */
function readStat(pid: number): readonly string[] | undefined {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  return text === '' ? undefined : text.slice(text.lastIndexOf(') ') + 2).split(' ');
}

function readStatusMb(pid: number, field: string): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (line === null) throw new Error(`/proc/${pid}/status has no ${field}`);
  return (Number(line[1]) * 1_024) / 1e6;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
