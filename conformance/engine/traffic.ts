import { exercised, type CallSample, type ProbeContext, type ProbeOutcome } from '../checks/check.ts';
import type { ListedTool } from '../target/list-tools.ts';
import { listTools } from '../target/list-tools.ts';
import type { Unit } from './unit.ts';

/** Who hears of calls, and of tools that could not be called. */
export interface TrafficListener {
  readonly onSample: (sample: CallSample) => void;
  readonly onSkipped: (tool: string, reason: string) => void;
}

/** A tool that takes longer is called once only. */
const SLOW_MS = 1_000;

/** Ordinary use of a server, for the observers to watch: listing, pings, and a few calls of each tool that may be called. */
export function createTraffic(tools: readonly ListedTool[], listener: TrafficListener): readonly Unit[] {
  return [
    { label: 'listing and pings', use: 'traffic', run: exchangePings },
    ...tools.map((tool) => ({
      label: `calls of ${tool.name}`,
      use: `traffic/${tool.name}`,
      tool: tool.name,
      run: (context: ProbeContext) => callTool(tool, context, listener),
    })),
  ];
}

async function exchangePings({ openReady, random }: ProbeContext): Promise<ProbeOutcome> {
  // Its own session, so that the start of the server is watched too.
  const shared = await openReady();
  await shared.request('ping');
  await shared.request('ping', undefined, { id: random.token() });
  // A server that takes ids for numbers would lose these.
  await shared.request('ping', undefined, { id: `${random.integer(1_000, 9_999)}` });
  await shared.request('ping', undefined, { id: random.integer(100_000, 999_999) });
  if ('tools' in (shared.server?.capabilities ?? {})) {
    await listTools(shared);
    await shared.request('tools/list', undefined, { id: random.token() });
  }
  return exercised;
}

async function callTool(
  tool: ListedTool,
  context: ProbeContext,
  { onSample, onSkipped }: TrafficListener,
): Promise<ProbeOutcome> {
  const { random, session } = context;
  const [args] = context.arguments.argumentsFor(tool, 1);
  if (args === undefined) {
    onSkipped(tool.name, 'no valid arguments were found for it; give some with --arguments');
    return exercised;
  }
  const params = { name: tool.name, arguments: args };
  const variants = [
    { progressToken: random.token() },
    { id: random.token() },
    { id: random.token(), progressToken: random.integer(1, 1_000_000) },
  ];
  for (const options of variants) {
    const reply = await (await session()).request('tools/call', params, options);
    if (reply.kind !== 'result' && reply.kind !== 'error') break;
    onSample({ tool, arguments: args, tookMs: reply.tookMs });
    if (reply.tookMs > SLOW_MS) break;
  }
  return exercised;
}
