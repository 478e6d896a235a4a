import { listStronglyConnected } from './strongly-connected.ts';

/** Loops in loops deeper than this are not told apart any further. */
const maxRounds = 32;

/**
 * The edges at which a client that follows references from `entry` stops, as it is inside of the target already.
 *
 * For each node its targets. Where a loop has several entrances all its edges count, though not every way cuts each.
 */
export function findCutEdges(
  entry: string,
  edgesOf: (node: string) => readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const cut = new Map<string, Set<string>>();
  const edgesLeft = (node: string): readonly string[] =>
    edgesOf(node).filter((target) => cut.get(node)?.has(target) !== true);
  const nodes = listStronglyConnected([entry], edgesOf).flat();
  for (let round = 1; round <= maxRounds; round += 1) {
    const groups = listStronglyConnected(nodes, edgesLeft);
    const loops = groups.filter(
      ([first = '', second]) => second !== undefined || edgesLeft(first).includes(first),
    );
    if (loops.length === 0) break;
    const groupOf = new Map(groups.flatMap((group) => group.map((node) => [node, group] as const)));
    const isEntered = (from: string, target: string): boolean => groupOf.get(from) !== groupOf.get(target);
    const entrances = new Set(
      nodes.flatMap((node) => edgesLeft(node).filter((target) => isEntered(node, target))),
    );
    for (const loop of loops) {
      const [entrance, ...others] = loop.filter((node) => entrances.has(node));
      // Every way into a loop with one entrance passes it first: what leads back to it is cut, and nothing else is.
      const isTold = others.length === 0 && round < maxRounds;
      for (const node of loop) {
        const targets = edgesLeft(node).filter((target) =>
          isTold ? target === entrance : !isEntered(node, target),
        );
        cut.set(node, new Set([...(cut.get(node) ?? []), ...targets]));
      }
    }
  }
  return cut;
}
