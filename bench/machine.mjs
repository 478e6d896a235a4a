// What machine this is, how busy it is, and what a process on it has used; most of it read from /proc.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether processes can be measured here at all. */
export const canMeasureProcesses = existsSync('/proc/self/stat');

/** The machine, as kept with results. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / 1e6),
    platform: platform(),
    node: process.version,
    loadAverage: Number(loadavg()[0].toFixed(2)),
  };
}

/** Processor time of a process so far, user and system, in µs. */
export function readCpuUs(pid) {
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

/** Resident memory of a process, in MB. */
export function readRssMb(pid) {
  return readStatusMb(pid, 'VmRSS');
}

/** The most resident memory since `resetPeakRss`, in MB. */
export function readPeakRssMb(pid) {
  return readStatusMb(pid, 'VmHWM');
}

/** Forgets the peak so far. */
export function resetPeakRss(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The processes that descend from one, itself first. */
export function findFamily(pid) {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(readStat(name)?.[1]) }));
  const family = [pid];
  // Grows while it is walked.
  for (const member of family) {
    family.push(...parents.filter(({ parent }) => parent === member).map((child) => child.pid));
  }
  return family;
}

/** What the program of a process is called. */
export function readName(pid) {
  return readOrEmpty(`/proc/${pid}/comm`).trim();
}

/** How many cores everybody together keeps busy, from now until the returned function is called. */
export function watchCores() {
  const before = readJiffies();
  return () => {
    const after = readJiffies();
    const total = after.total - before.total;
    return total === 0 ? 0 : ((after.busy - before.busy) / total) * cpus().length;
  };
}

/** How many cores others keep busy while this harness does nothing. */
export async function measureOthers(ms = 500) {
  if (!canMeasureProcesses) return 0;
  const read = watchCores();
  await sleep(ms);
  return read();
}

function readJiffies() {
  if (!canMeasureProcesses) return { busy: 0, total: 0 };
  const times = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .trim()
    .split(/ +/)
    .slice(1, 9)
    .map(Number);
  const total = times.reduce((sum, each) => sum + each, 0);
  // idle and iowait
  return { busy: total - times[3] - times[4], total };
}

/** The fields behind the name, which may hold anything; undefined when the process has ended. */
function readStat(pid) {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  return text === '' ? undefined : text.slice(text.lastIndexOf(') ') + 2).split(' ');
}

function readStatusMb(pid, field) {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (line === null) throw new Error(`/proc/${pid}/status has no ${field}`);
  return (Number(line[1]) * 1_024) / 1e6;
}

function readOrEmpty(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
