/**
 * The strongly connected components of a graph, each after those it leads to (Tarjan 1972), without recursion.
 *
 * Invariant: `path` holds the nodes whose component is open; a node's `low` is the earliest of them it can reach.
 */
export function listStronglyConnected(
  nodes: Iterable<string>,
  edgesOf: (node: string) => readonly string[],
): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const path: string[] = [];
  const open = new Set<string>();
  const components: string[][] = [];

  function enter(node: string): Frame {
    order.set(node, order.size);
    low.set(node, order.size - 1);
    path.push(node);
    open.add(node);
    return { node, edges: edgesOf(node), next: 0 };
  }

  function lower(node: string, value: number | undefined): void {
    low.set(node, Math.min(low.get(node) ?? 0, value ?? 0));
  }

  function close(node: string): void {
    if (low.get(node) !== order.get(node)) return;
    const members = path.splice(path.lastIndexOf(node));
    for (const member of members) open.delete(member);
    components.push(members);
  }

  for (const start of nodes) {
    if (order.has(start)) continue;
    const frames = [enter(start)];
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const target = frame.edges[frame.next];
      frame.next += 1;
      if (target === undefined) {
        frames.pop();
        close(frame.node);
        const outer = frames.at(-1);
        if (outer !== undefined) lower(outer.node, low.get(frame.node));
      } else if (!order.has(target)) {
        frames.push(enter(target));
      } else if (open.has(target)) {
        lower(frame.node, order.get(target));
      }
    }
  }
  return components;
}

interface Frame {
  readonly node: string;
  readonly edges: readonly string[];
  next: number;
}
