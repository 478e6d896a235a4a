import { membersNamed } from './applicable.ts';
import type { Comparison } from './comparison.ts';
import type { Node } from './side.ts';

const maxDepth = 3;

/** True when no value is admitted by both, because of types, listed values, ranges or a member that tells them apart. */
export function isDisjoint(
  a: Node,
  b: Node,
  comparison: Pick<Comparison, 'view' | 'accepts' | 'matches'>,
  depth = 0,
): boolean {
  const [viewA, viewB] = [comparison.view(a), comparison.view(b)];
  const common = [...viewA.types].filter((type) => viewB.types.has(type));
  if (common.length === 0) return true;
  for (const [view, other] of [
    [viewA, b],
    [viewB, a],
  ] as const) {
    if (view.values?.every((value) => comparison.accepts(other, value) === false) === true) return true;
  }
  if (depth >= maxDepth || common.some((type) => type !== 'object')) return false;
  return [...viewA.objects.required, ...viewB.objects.required].some((name) => {
    const [memberA, memberB] = [viewA, viewB].map(({ objects }) =>
      membersNamed(objects, name, comparison.matches),
    );
    if (memberA === undefined || memberB === undefined) return false;
    return isDisjoint(memberA, memberB, comparison, depth + 1);
  });
}
