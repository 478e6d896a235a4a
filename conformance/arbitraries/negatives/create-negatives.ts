import type { JsonValue, ReadSchema } from '../../../src/index.ts';
import { createDraw, edgeDraw, hashText } from '../draw.ts';
import { toGoal } from '../goals/demand.ts';
import type { GoalSpace } from '../goals/goal-space.ts';
import { satisfies } from '../schema/judge.ts';
import { createGeneration, generateValue } from '../values/generate-value.ts';
import type { Fault, Site } from './fault.ts';
import { listFaults } from './list-faults.ts';
import { toSourceSite } from './source-site.ts';

/** A value that the schema refuses, for one reason. */
export interface FaultySample {
  readonly value: JsonValue;
  /** The JSON text that was judged. */
  readonly text: string;
  /** The assertion that is broken. */
  readonly site: Site;
  /** Such as `lacks "name"`. */
  readonly what: string;
  /** False when something else had to be broken with it. */
  readonly isSingle: boolean;
  /** True when a lenient reader takes the value for a right one, as "5" for 5. */
  readonly isCoercible: boolean;
  /** True when another value has the same fault, and no other. */
  readonly isSame: (other: JsonValue) => boolean;
}

/** A site, and whether it can be broken. */
export interface SiteReport {
  readonly site: Site;
  /** Joined: only together with another site, as a type that listed values have anyway. */
  readonly kind: 'covered' | 'joined' | 'untestable';
  /** Why it cannot be broken alone. */
  readonly reason?: string;
}

/** What makes negative samples. */
export interface Negatives {
  /** Every way to break the schema once, at its edge, then at random, `rounds` times each. */
  readonly samples: (rounds: number) => Iterable<FaultySample>;
  readonly listSites: () => readonly SiteReport[];
}

const joined = 'whatever breaks it breaks something else, too';
const unbroken = 'no value was found that breaks it, as when another branch takes all that this one refuses';
const maxFuel = 100;
const maxTries = 4;

/** Creates the source of a schema's negative samples. */
export function createNegatives(options: {
  readonly source: unknown;
  readonly schema: ReadSchema;
  readonly space: GoalSpace;
  readonly seed: number;
  readonly onDiscard: () => void;
}): Negatives {
  const { source, schema, space, seed, onDiscard } = options;
  return { samples, listSites };

  function* samples(rounds: number): Iterable<FaultySample> {
    const seen = new Set<string>();
    const covered = new Set<string>();
    const possible: Fault[] = [];
    for (const fault of listFaults(space, schema)) {
      const sample = toSample(fault, 0, seen);
      if (sample === undefined) continue;
      possible.push(fault);
      const key = JSON.stringify(sample.site);
      // What breaks several sites is told for each of them once.
      if (seen.has(sample.text) && covered.has(key)) continue;
      seen.add(sample.text);
      covered.add(key);
      yield sample;
    }
    for (let round = 1; round < rounds; round += 1) {
      for (const fault of possible) {
        const sample = toSample(fault, round, seen);
        if (sample === undefined || seen.has(sample.text)) continue;
        seen.add(sample.text);
        yield sample;
      }
    }
  }

  function listSites(): readonly SiteReport[] {
    const sites = new Map<string, SiteReport>();
    for (const fault of listFaults(space, schema)) {
      const site = toSourceSite(source, fault.site);
      const key = JSON.stringify(site);
      const known = sites.get(key);
      if (known?.kind === 'covered' || (known?.kind === 'joined' && !fault.isSingle)) continue;
      const isBroken = toSample(fault, 0, new Set()) !== undefined;
      if (isBroken)
        sites.set(key, fault.isSingle ? { site, kind: 'covered' } : { site, kind: 'joined', reason: joined });
      else if (known === undefined) sites.set(key, { site, kind: 'untestable', reason: unbroken });
    }
    return [...sites.values()];
  }

  /** Round 0 is at the edge of what is allowed; the others are at random. One that was seen only if there is no other. */
  function toSample(fault: Fault, round: number, seen: ReadonlySet<string>): FaultySample | undefined {
    const goal = toGoal(space.model, [{ schema: fault.schema, isMet: true }]);
    const height = space.heightOf(goal);
    if (height === undefined) return undefined;
    const site = toSourceSite(source, fault.site);
    let found: FaultySample | undefined;
    for (let tries = 0; tries < maxTries; tries += 1) {
      const isEdge = round === 0 && tries === 0;
      const draw = isEdge
        ? edgeDraw
        : createDraw(seed ^ hashText(`${round} ${tries} ${site.pointer} ${site.keyword} ${fault.what}`));
      const generation = createGeneration({ space, draw, fuel: { left: maxFuel }, hasStrangers: false });
      const value = generateValue(generation, goal, height + (isEdge ? 0 : 2));
      if (value === undefined) continue;
      const text = JSON.stringify(value);
      const parsed = JSON.parse(text) as JsonValue;
      if (schema.judge(parsed) === 'invalid') {
        const { what, isSingle, isCoercible = false } = fault;
        const isSame = (other: JsonValue): boolean => satisfies(space.model, fault.schema, other);
        found = { value: parsed, text, site, what, isSingle, isCoercible, isSame };
        if (!seen.has(text)) return found;
      } else {
        onDiscard();
      }
    }
    return found;
  }
}
