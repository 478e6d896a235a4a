import type { Plan } from '../options.ts';
import type { ServerFacts } from '../target/server-facts.ts';
import type { ChosenChecks } from './choose-checks.ts';
import type { Run } from './run.ts';
import type { ToolSelection } from './select-tools.ts';
import type { Tally } from './tally.ts';

/** What all parts of a run work with. */
export interface Work {
  readonly run: Run;
  readonly plan: Plan;
  readonly checks: ChosenChecks;
  readonly tally: Tally;
  readonly server: ServerFacts;
  readonly selection: ToolSelection;
  /** Keys of what was found so far. */
  readonly known: Set<string>;
}
