import type { JsonObject, JsonValue } from '../../src/index.ts';
import { isJsonObject } from '../../src/index.ts';
import { isReadOnly, type ListedTool } from '../target/list-tools.ts';
import type { ToolCall } from './caller.ts';
import type { ProbeContext } from './check.ts';

/** A tool that takes longer is left alone: it would be called many times. */
const SLOW_MS = 1_000;
const MAX_TOOLS = 10;
/** What one look at all views may take. */
const MAX_LOOK_MS = 250;
/** Tools are told apart by more than chance makes of their times. */
const STEP_MS = 50;
/** So many there are in any case: what one shows may be another's doing. */
const MIN_TOOLS = 2;

/** The tools that may be called and are not known to be slow. */
export function quickTools({ callable, samples }: ProbeContext): readonly ListedTool[] {
  const took = new Map(samples.map(({ tool, tookMs }) => [tool.name, tookMs]));
  return callable.filter(({ name }) => (took.get(name) ?? 0) <= SLOW_MS);
}

/** Calls of read-only tools that show what a server holds, the quickest tools first. */
export function chooseViews(context: ProbeContext, perTool: number): readonly ToolCall[] {
  const took = new Map(context.samples.map(({ tool, tookMs }) => [tool.name, tookMs]));
  const tookOf = ({ name }: ListedTool): number => took.get(name) ?? 0;
  const stepsOf = (tool: ListedTool): number => Math.floor(tookOf(tool) / STEP_MS);
  const tools = quickTools(context)
    .filter(isReadOnly)
    .toSorted((a, b) => stepsOf(a) - stepsOf(b))
    .slice(0, MAX_TOOLS);
  const views: ToolCall[] = [];
  let lookMs = 0;
  for (const [index, tool] of tools.entries()) {
    for (const args of context.arguments.argumentsFor(tool, perTool)) {
      lookMs += tookOf(tool);
      if (index >= MIN_TOOLS && lookMs > MAX_LOOK_MS) return views;
      views.push({ tool, args });
    }
  }
  return views;
}

/**
 * The views, and besides what they show of the very thing that a call names.
 *
 * Members that have the same name in both are taken to mean the same, such as the `path` of what writes and of what
 * reads.
 */
export function viewsBeside(
  views: readonly ToolCall[],
  { args }: ToolCall,
  { generatorOf, settingsOf }: ProbeContext,
): readonly ToolCall[] {
  const beside = [...new Map(views.map((view) => [view.tool.name, view])).values()].flatMap((view) => {
    const shared = Object.fromEntries(
      propertiesOf(view.tool).flatMap((name): readonly [string, JsonValue][] => {
        const value = Object.hasOwn(args, name) ? args[name] : undefined;
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const { arguments: fixed = {} } = settingsOf(view.tool);
    const merged: JsonObject = { ...view.args, ...shared, ...fixed };
    if (JSON.stringify(merged) === JSON.stringify(view.args)) return [];
    const generator = generatorOf(view.tool);
    const isValid = generator.kind === 'untestable' || generator.judge(merged) !== 'invalid';
    return isValid ? [{ tool: view.tool, args: merged }] : [];
  });
  return [...beside, ...views];
}

function propertiesOf({ source }: ListedTool): readonly string[] {
  const { inputSchema } = source;
  const properties = isJsonObject(inputSchema) ? inputSchema['properties'] : undefined;
  return isJsonObject(properties) ? Object.keys(properties) : [];
}
