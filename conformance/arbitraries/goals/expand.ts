import type { SchemaModel } from '../schema/schema-model.ts';
import { hashText } from '../draw.ts';
import { satisfies } from '../schema/judge.ts';
import type { Alternative, Choice, PendingDemand } from './alternative.ts';
import { copyConstraints, createConstraints, dropImpossibleTypes, type Constraints } from './constraints.ts';
import type { Goal } from './demand.ts';
import { isRefused } from './is-refused.ts';
import { meetSchema } from './meet.ts';
import type { NameFinder } from './name-finder.ts';
import { refuseSchema } from './refuse.ts';

/** Alternatives that are enumerated in order, before it is left to samples of them. */
const maxEnumerated = 48;
const maxSteps = 3_000;
/** Steps for one sample of the alternatives. */
const maxStepsPerDescent = 300;
const minDescents = 24;
const maxDescents = 128;

/** A conjunction on its way: what is constrained, and what still has to be chosen. */
interface State {
  readonly constraints: Constraints;
  readonly choices: readonly Choice[];
  readonly refusals: readonly PendingDemand[];
}

/** How an exploration goes. */
interface Search {
  steps: number;
  widest: number;
  readonly found: Constraints[];
  readonly maxFound: number;
  readonly maxSteps: number;
  /** Which exploration of several this is; the first takes alternatives in order. */
  readonly round: number;
  /** Choices made so far. */
  choices: number;
}

/**
 * The ways to meet a goal, each a conjunction of simple constraints: all of them where they are few, else enough that
 * every alternative of every choice is among them, if it is possible.
 */
export function expandGoal(model: SchemaModel, goal: Goal, finder: NameFinder): readonly Constraints[] {
  const search = (round: number, limits: { maxFound: number; maxSteps: number }): Search => {
    const each: Search = { steps: 0, widest: 1, found: [], round, choices: 0, ...limits };
    const state = { constraints: createConstraints(), choices: [], refusals: [] };
    explore(
      state,
      goal.demands.map((demand) => ({ ...demand, observers: [] })),
      each,
    );
    return each;
  };
  const whole = search(0, { maxFound: maxEnumerated, maxSteps });
  if (whole.found.length < whole.maxFound && whole.steps < whole.maxSteps) return finish(whole.found);
  const descents = Math.min(maxDescents, Math.max(minDescents, 3 * whole.widest));
  const sampled = Array.from(
    { length: descents },
    (_descent, round) => search(round, { maxFound: 1, maxSteps: maxStepsPerDescent }).found,
  );
  return finish([...whole.found.slice(0, minDescents), ...sampled.flat()]);

  function finish(found: readonly Constraints[]): readonly Constraints[] {
    return found.flatMap((constraints) => keepPossibleValues(model, constraints, goal));
  }

  function explore(from: State, demands: readonly PendingDemand[], at: Search): void {
    at.steps += 1;
    if (at.found.length >= at.maxFound || at.steps > at.maxSteps) return;
    const state = settle(from, demands);
    if (state === undefined) return;
    const [choice, ...choices] = state.choices;
    if (choice !== undefined) {
      branch({ ...state, choices }, choice, at);
      return;
    }
    const [refusal, ...refusals] = state.refusals;
    if (refusal === undefined) {
      at.found.push(state.constraints);
    } else if (isRefused(model, state.constraints, refusal.schema)) {
      explore({ ...state, refusals }, [], at);
    } else {
      branch({ ...state, refusals }, refuseSchema(model, refusal.schema, finder), at);
    }
  }

  function branch(state: State, choice: Choice, at: Search): void {
    at.widest = Math.max(at.widest, choice.length);
    const start = firstOf(at);
    at.choices += 1;
    for (let index = 0; index < choice.length; index += 1) {
      const alternative = choice[(start + index) % choice.length];
      if (alternative !== undefined) take(state, alternative, at);
    }
  }

  function take(state: State, alternative: Alternative, at: Search): void {
    const constraints = copyConstraints(state.constraints);
    alternative.constrain?.(constraints);
    dropImpossibleTypes(constraints);
    if (constraints.types !== 0) explore({ ...state, constraints }, alternative.demands ?? [], at);
  }

  /** Meets what needs no choice; undefined when that is a contradiction. */
  function settle(state: State, demands: readonly PendingDemand[]): State | undefined {
    const { constraints } = state;
    const choices = [...state.choices];
    const refusals = [...state.refusals];
    const queue = [...demands];
    for (let demand = queue.shift(); demand !== undefined; demand = queue.shift()) {
      if (!demand.isMet) {
        refusals.push(demand);
        continue;
      }
      const rest = meetSchema(model, constraints, demand);
      queue.push(...rest.demands);
      choices.push(...rest.choices);
    }
    dropImpossibleTypes(constraints);
    return constraints.types === 0 ? undefined : { constraints, choices, refusals };
  }
}

/** Which alternative of the next choice is tried first: at the first choice each in turn, then at random. */
function firstOf({ round, choices }: Search): number {
  return round === 0 || choices === 0 ? round : hashText(`${round} ${choices}`);
}

/** Where the values are listed, those that are right need no further look. */
function keepPossibleValues(
  model: SchemaModel,
  constraints: Constraints,
  goal: Goal,
): readonly Constraints[] {
  if (constraints.values === undefined) return [constraints];
  const values = constraints.values.filter((value) =>
    goal.demands.every(({ schema, isMet }) => satisfies(model, schema, value) === isMet),
  );
  return values.length === 0 ? [] : [{ ...constraints, values }];
}
