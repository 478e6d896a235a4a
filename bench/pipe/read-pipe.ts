/** What passed a pipe within a span of time. */
export interface PipeTraffic {
  /** Calls that were answered. */
  readonly calls: number;
  /** The most that were at the server at one time. */
  readonly most: number;
  /** How many were at the server, on average over the time. */
  readonly mean: number;
}

/**
 * Reads the notes of the tee.
 *
 * @param fromNs, toNs the span, on the clock of `process.hrtime`
 */
export function readPipe(notes: string, fromNs: bigint, toNs: bigint): PipeTraffic {
  const open = new Set<string>();
  let calls = 0;
  let most = 0;
  let weighted = 0;
  let lastNs = fromNs;
  const advance = (toTime: bigint): void => {
    weighted += open.size * Number(toTime - lastNs);
    lastNs = toTime;
  };
  for (const line of notes.split('\n')) {
    const match = /^([<>]) (\d+) (.+)$/.exec(line);
    if (match === null) continue;
    const [, direction, time = '0', id = ''] = match;
    const atNs = BigInt(time);
    if (atNs > toNs) break;
    if (atNs > lastNs) advance(atNs);
    if (direction === '>') open.add(id);
    else if (open.delete(id) && atNs >= fromNs) calls += 1;
    if (atNs >= fromNs) most = Math.max(most, open.size);
  }
  advance(toNs);
  const span = Number(toNs - fromNs);
  return { calls, most, mean: span === 0 ? 0 : weighted / span };
}
