import type { ProbeContext } from '../checks/check.ts';
import { ToolBook } from '../arguments/tool-book.ts';
import type { FindingDraft } from '../findings/finding.ts';
import { GatewayKeeper } from '../gateway/gateway-keeper.ts';
import type { Plan } from '../options.ts';
import { createRandom } from '../random.ts';
import type { ServerFacts } from '../target/server-facts.ts';
import type { ChosenChecks } from './choose-checks.ts';
import { Samples } from './samples.ts';
import type { ToolSelection } from './select-tools.ts';
import { SessionKeeper } from './session-keeper.ts';
import { runUnit, type Unit, type UnitResult } from './unit.ts';

/** How often a unit is done again, in a server started anew, until what was seen is seen again. */
const CONFIRMATIONS = 2;

/** What the units of a run share. */
export class Run {
  readonly samples: Samples = new Samples();
  readonly book: ToolBook;
  readonly #plan: Plan;
  readonly #checks: ChosenChecks;
  readonly #keeper: SessionKeeper;
  readonly #keepers = new Set<SessionKeeper>();
  readonly #gateways: GatewayKeeper;
  #confirmationRequests = 0;

  constructor(plan: Plan, checks: ChosenChecks) {
    this.#plan = plan;
    this.#checks = checks;
    this.book = new ToolBook(plan.tools, plan.seed);
    this.#keeper = this.#createKeeper();
    this.#gateways = new GatewayKeeper(plan);
  }

  get keeper(): SessionKeeper {
    return this.#keeper;
  }

  get requests(): number {
    return this.#keeper.requests + this.#confirmationRequests;
  }

  perform(unit: Unit, server: ServerFacts, selection: ToolSelection): Promise<UnitResult> {
    return this.#performOn(this.#keeper, unit, server, selection);
  }

  /** Which of the keys are seen again when the unit is done again. */
  async confirm(
    unit: Unit,
    keys: readonly string[],
    server: ServerFacts,
    selection: ToolSelection,
  ): Promise<ReadonlySet<string>> {
    const confirmed = new Set<string>();
    for (let tries = 0; tries < CONFIRMATIONS && confirmed.size < keys.length; tries += 1) {
      if (this.#plan.signal?.aborted === true) break;
      const keeper = this.openKeeper();
      const { seen } = await this.#performOn(keeper, unit, server, selection);
      for (const key of keys) if (seen.has(key)) confirmed.add(key);
      await this.releaseKeeper(keeper);
    }
    return confirmed;
  }

  /** Another keeper than the run's own: the server started anew. */
  openKeeper(): SessionKeeper {
    return this.#createKeeper();
  }

  async releaseKeeper(keeper: SessionKeeper): Promise<void> {
    this.#confirmationRequests += keeper.requests;
    await keeper.close();
    this.#keepers.delete(keeper);
  }

  async close(): Promise<void> {
    await Promise.all([this.#gateways, ...this.#keepers].map((keeper) => keeper.close()));
  }

  #createKeeper(): SessionKeeper {
    const { target, requestTimeoutMs, protocolVersion } = this.#plan;
    const { observers } = this.#checks;
    const keeper = new SessionKeeper({ target, observers, requestTimeoutMs, protocolVersion });
    this.#keepers.add(keeper);
    return keeper;
  }

  #performOn(
    keeper: SessionKeeper,
    unit: Unit,
    server: ServerFacts,
    { tools, callable }: ToolSelection,
  ): Promise<UnitResult> {
    const { target, seed, concurrency, requestTimeoutMs } = this.#plan;
    const toContext = (report: (draft: FindingDraft) => void): ProbeContext => ({
      tools,
      callable,
      server,
      endsWithInput: target.endsWithInput,
      random: createRandom(seed, unit.use),
      arguments: this.book,
      generatorOf: (tool) => this.book.generatorOf(tool),
      settingsOf: (tool) => this.book.settingsOf(tool),
      samples: this.samples.list(),
      concurrency,
      requestTimeoutMs,
      report,
      gateway: () => this.#gateways.access(),
      contract: this.#plan.contract,
      session: () => keeper.session(),
      open: (options) => keeper.open(options),
      openReady: (options) => keeper.openReady(options),
    });
    return runUnit(unit, keeper, toContext, new Set(tools.map(({ name }) => name)));
  }
}
