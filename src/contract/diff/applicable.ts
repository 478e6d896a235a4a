import type { Node, Place } from './side.ts';
import type { ArrayView, ObjectView, PropertiesPart } from './view.ts';

type Matches = (pattern: string, text: string) => boolean | undefined;

/** The schemas that judge the item at an index (core 10.3.1). */
export function itemsAt({ parts }: ArrayView, index: number): Node {
  return defined(parts.map(({ prefix, rest }) => prefix[index] ?? rest));
}

/** The schemas that judge the items after all prefixes. */
export function restOfItems({ parts }: ArrayView): Node {
  return defined(parts.map(({ rest }) => rest));
}

/** The schemas that judge the member of a name (core 10.3.2); undefined when a pattern cannot be matched safely. */
export function membersNamed({ parts }: ObjectView, name: string, matches: Matches): Node | undefined {
  const found: Place[] = [];
  for (const part of parts) {
    const verdicts = part.patterns.map(({ pattern }) => matches(pattern, name));
    if (verdicts.includes(undefined)) return undefined;
    found.push(...select(part, part.named.get(name), (index) => verdicts[index] === true));
  }
  return found;
}

/** The schemas that judge members which have no name of their own and match exactly these patterns. */
export function membersMatching({ parts }: ObjectView, patterns: ReadonlySet<string>): Node {
  return parts.flatMap((part) =>
    select(part, undefined, (index) => patterns.has(part.patterns[index]?.pattern ?? '')),
  );
}

/** Whether any part names the member. */
export function isNamed({ parts }: ObjectView, name: string): boolean {
  return parts.some(({ named }) => named.has(name));
}

function select(part: PropertiesPart, named: Place | undefined, isMatched: (index: number) => boolean): Node {
  const matched = part.patterns.filter((_each, index) => isMatched(index)).map(({ place }) => place);
  const own = defined([named, ...matched]);
  return own.length > 0 ? own : defined([part.rest]);
}

function defined(places: readonly (Place | undefined)[]): Node {
  return places.filter((place) => place !== undefined);
}
