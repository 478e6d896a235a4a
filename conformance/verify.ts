import { randomInt } from 'node:crypto';
import { isShownAgain } from './baseline/is-shown-again.ts';
import { watchKnown } from './baseline/watch-known.ts';
import { chooseChecks } from './engine/choose-checks.ts';
import { performAll } from './engine/perform-all.ts';
import { Run } from './engine/run.ts';
import { selectTools } from './engine/select-tools.ts';
import { Tally } from './engine/tally.ts';
import type { VerifyEvent } from './events.ts';
import { phases } from './fuzzing/test-call.ts';
import type { Plan, ToolSettings, VerifyOptions } from './options.ts';
import { defaultRevision } from './target/initialize.ts';
import { listTools, toolsOf } from './target/list-tools.ts';
import type { ServerFacts } from './target/server-facts.ts';

/**
 * Verifies an MCP server, and tells what happens as it happens. Stopping the iteration ends the run and the server.
 *
 * @throws {ServerUnavailableError} when the server cannot be started and initialized
 * @example
 * const target = createStdioTarget({ command: 'my-server' });
 * for await (const event of verify({ target })) if (event.kind === 'finding') console.log(event.finding.title);
 */
export async function* verify(options: VerifyOptions): AsyncGenerator<VerifyEvent, void, void> {
  const plan = toPlan(options);
  const { baseline, server } = plan;
  if (baseline === undefined) {
    yield* verifyAll(plan);
    return;
  }
  const watch = watchKnown(baseline, server);
  for await (const event of verifyAll(plan)) {
    watch.onEvent(event);
    if (event.kind !== 'run-finished') {
      yield event;
      continue;
    }
    let known = watch.seen();
    let gone = 0;
    for (const missing of watch.gone()) {
      if (await isShownAgain(missing, plan)) {
        known += 1;
        continue;
      }
      gone += 1;
      yield { kind: 'known-gone', known: missing };
    }
    const counts = { known, gone };
    yield { ...event, summary: { ...event.summary, baseline: counts } };
  }
}

async function* verifyAll(plan: Plan): AsyncGenerator<VerifyEvent, void, void> {
  const checks = chooseChecks(
    plan.checks,
    plan.excludeChecks,
    plan.target.isDocument === true ? 'contract' : undefined,
  );
  const run = new Run(plan, checks);
  // Requests under way come to an end with their server.
  const stop = (): void => void run.close();
  plan.signal?.addEventListener('abort', stop, { once: true });
  const startedAt = performance.now();
  const tally = new Tally();
  try {
    const { name } = plan.target;
    const { seed, calls } = plan;
    yield {
      kind: 'run-started',
      target: name,
      ...(plan.server !== undefined && { server: plan.server }),
      seed,
      calls,
      startedAt: new Date().toISOString(),
    };
    for (const message of checks.warnings) yield { kind: 'warning', message };
    const session = await run.keeper.session();
    // `session()` gives initialized ones alone.
    const server = session.server as ServerFacts;
    yield { kind: 'server-started', server };
    const selection = selectTools(toolsOf(await listTools(session)), plan);
    for (const message of selection.warnings) yield { kind: 'warning', message };
    if (selection.uses.length > 0 && selection.tools.length === 0) {
      throw new NothingSelectedError(selection.warnings.join('; ') || 'all tools are excluded');
    }
    for (const { tool, use } of selection.uses) yield { kind: 'tool-listed', tool, use };
    const ending = yield* performAll({ run, plan, checks, tally, server, selection });
    yield {
      kind: 'run-finished',
      summary: {
        isInterrupted: plan.signal?.aborted === true,
        ...ending,
        ...tally.summarize(checks.observers.length + checks.probes.length + checks.calls.length),
        tools: {
          listed: selection.uses.length,
          // Names that no tool has are called, too.
          called: selection.uses.filter(({ tool }) => run.keeper.calledTools.has(tool)).length,
        },
        requests: run.requests,
        durationMs: Math.round(performance.now() - startedAt),
      },
    };
  } finally {
    plan.signal?.removeEventListener('abort', stop);
    await run.close();
    await plan.target.dispose();
  }
}

/** No tool is left to be looked at: a run would find nothing, whatever there is. */
export class NothingSelectedError extends Error {
  constructor(reason: string) {
    super(`no tool is chosen: ${reason}`);
    this.name = 'NothingSelectedError';
  }
}

function toPlan({ signal, ...options }: VerifyOptions): Plan {
  return Object.freeze({
    seed: randomInt(2 ** 31),
    checks: ['*'],
    excludeChecks: [],
    include: ['*'],
    exclude: [],
    calls: 'safe',
    allow: [],
    arguments: {},
    phases,
    maxExamples: 100,
    maxTimeMs: 300_000,
    shrinks: true,
    concurrency: 8,
    requestTimeoutMs: 30_000,
    maxFailures: Number.POSITIVE_INFINITY,
    protocolVersion: defaultRevision,
    commandLine: { options: [], command: options.target.name.split(' ') },
    ...options,
    tools: joinSettings(options),
    server: options.server,
    baseline: options.baseline,
    rest: options.rest,
    contract: options.contract,
    signal,
  });
}

/** Arguments given by the name of a tool are settings of that tool. */
function joinSettings({ tools = {}, arguments: given = {} }: VerifyOptions): Record<string, ToolSettings> {
  const joined: Record<string, ToolSettings> = { ...tools };
  for (const [name, fixed] of Object.entries(given)) joined[name] = { ...joined[name], arguments: fixed };
  return joined;
}
