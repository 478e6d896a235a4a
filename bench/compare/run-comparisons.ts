import { startAgainst } from '../against/start-against.ts';
import { compareGateways } from '../against/compare-gateways.ts';
import { CannotRunError } from '../cannot-run.ts';
import type { BenchOptions } from '../options.ts';
import type { BenchResult, LoadResult } from '../result.ts';
import { toUserSteps } from '../run/steps.ts';
import type { RunningGateway } from '../subject/gateway-process.ts';
import { compareBase } from './compare-base.ts';
import { measureRounds, type MeasureRound } from './measure-rounds.ts';

/** What a round needs of the run that it is part of. */
export interface RoundTools {
  readonly openGateway: () => Promise<RunningGateway>;
  readonly measure: (gateway: RunningGateway, users: number, stage: string) => Promise<LoadResult>;
  /** Of the calls that are made. */
  readonly workHash: string;
  /** What the gateway is called. */
  readonly name: string;
}

/**
 * Measures in rounds, and holds them against what was asked for.
 *
 * @throws CannotRunError when a gateway does not start, or ends under load
 */
export async function runComparisons(
  { comparisons, target, users, rate, signal }: BenchOptions,
  { openGateway, measure, workHash, name }: RoundTools,
): Promise<Pick<BenchResult, 'rounds' | 'comparison' | 'against'>> {
  if (comparisons === undefined) return {};
  const { rounds, isSaved, base, against } = comparisons;
  const found: { -readonly [Key in 'rounds' | 'comparison' | 'against']?: BenchResult[Key] } = {};
  const ours = toSide(openGateway, measure, 'the gateway');
  if (isSaved || base !== undefined) {
    const levels = rate === undefined ? toUserSteps(users) : [users];
    const [steps = []] = await measureRounds([ours], { levels, rounds, signal });
    found.rounds = { workHash, steps };
    if (base !== undefined) found.comparison = compareBase(base.saved, steps, base.path);
  }
  if (against !== undefined && target.kind === 'command') {
    const other = toSide(
      async () => await startAgainst(against, target, target.headers),
      measure,
      '--against: the other gateway',
    );
    const levels = rate === undefined && users > 1 ? [1, users] : [users];
    const [a = [], b = []] = await measureRounds([ours, other], { levels, rounds, signal });
    found.against = { gateway: name, other: against, ...compareGateways(a, b) };
  }
  return found;
}

/** A gateway that is started for each round: processes of the same program differ too. */
function toSide(
  open: () => Promise<RunningGateway>,
  measure: RoundTools['measure'],
  who: string,
): MeasureRound {
  return async (levels, stage) => {
    const gateway = await open();
    try {
      // A program that was just started is not yet compiled to what users meet for long.
      await measure(gateway, Math.max(...levels), `${stage}, warm-up`);
      const results: LoadResult[] = [];
      for (const users of levels) {
        results.push(await measure(gateway, users, `${stage}, ${users === 1 ? '1 user' : `${users} users`}`));
        const ending = gateway.ending();
        if (ending !== undefined) throw new CannotRunError(`${who} ended under load: ${ending}`);
      }
      return results;
    } finally {
      await gateway.stop();
    }
  };
}
