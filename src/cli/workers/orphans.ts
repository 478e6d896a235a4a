import { readFileSync } from 'node:fs';
import type { Logger } from '../../logger.ts';
import { delay, type Clock } from '../../upstream/clock.ts';

/** A process that leads a group: the time of its start tells it apart from one that has its number later. */
export interface GroupLeader {
  readonly pid: number;
  /** Ticks since the machine was started. */
  readonly startedAt: string;
}

/** What ending them needs. */
export interface OrphanOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The servers that this process has started. Where there is no procfs, as on macOS, it knows of none. */
export function findServers(worker: number): readonly GroupLeader[] {
  const children = readProc(`${worker}/task/${worker}/children`).trim();
  return children === '' ? [] : children.split(' ').flatMap((pid) => readLeader(Number(pid)) ?? []);
}

/**
 * Ends what a worker has left behind that did not end with its input, as the worker would have: SIGTERM to the group,
 * then SIGKILL. A group whose leader is gone is left alone, since its number may be another's. Never rejects.
 */
export async function endOrphans(
  servers: readonly GroupLeader[],
  worker: number,
  { clock, logger }: OrphanOptions,
): Promise<void> {
  const left = (): readonly GroupLeader[] =>
    servers.filter(({ pid, startedAt }) => readLeader(pid)?.startedAt === startedAt);
  const hasLeft = async (): Promise<boolean> => {
    const deadline = clock.now() + graceMs;
    while (left().length > 0 && clock.now() < deadline) await delay(clock, lookEveryMs);
    return left().length === 0;
  };
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (await hasLeft()) return;
    const pids = left().map(({ pid }) => pid);
    logger.warn({ worker, pids, signal }, 'servers outlive the worker that had started them, and are ended');
    for (const pid of pids) signalGroup(pid, signal);
  }
  await hasLeft();
}

/** For servers to end by themselves, and after each signal. */
const graceMs = 2_000;
const lookEveryMs = 100;

/** Undefined when there is no such process, it has ended, or is in the group of another. */
function readLeader(pid: number): GroupLeader | undefined {
  const stat = readProc(`${pid}/stat`);
  // proc(5): `pid (name) state ppid pgrp … starttime …`, where the name may have spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, , group] = fields;
  const startedAt = fields[19];
  if (state === 'Z' || Number(group) !== pid || startedAt === undefined) return undefined;
  return { pid, startedAt };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}
