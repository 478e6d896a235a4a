import type { JsonObject } from '../../../src/index.ts';
import type { SchemaModel } from '../schema/schema-model.ts';

/** That a value satisfies a schema, or that it does not. */
export interface Demand {
  readonly schema: JsonObject;
  readonly isMet: boolean;
}

/** Demands on one value, all at once. */
export interface Goal {
  /** The same for the same demands, so that what was found out about a goal is found out once. */
  readonly key: string;
  readonly demands: readonly Demand[];
}

/** The goal of all demands together. */
export function toGoal(model: SchemaModel, demands: readonly Demand[]): Goal {
  const distinct = new Map<string, Demand>();
  for (const demand of demands) {
    // Everything satisfies it.
    if (demand.isMet && Object.keys(demand.schema).length === 0) continue;
    distinct.set(`${demand.isMet ? '' : '-'}${model.idOf(demand.schema)}`, demand);
  }
  const sorted = [...distinct].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { key: sorted.map(([key]) => key).join(' '), demands: sorted.map(([, demand]) => demand) };
}
