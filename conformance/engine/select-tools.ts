import type { ToolUse } from '../events.ts';
import type { Plan } from '../options.ts';
import { compilePatterns } from '../pattern.ts';
import { settingsOf } from '../settings/settings-of.ts';
import { isReadOnly, type ListedTool } from '../target/list-tools.ts';

export interface ToolSelection {
  /** Looked at. */
  readonly tools: readonly ListedTool[];
  /** Called. */
  readonly callable: readonly ListedTool[];
  readonly uses: readonly { readonly tool: string; readonly use: ToolUse }[];
  readonly warnings: readonly string[];
}

/** Decides which tools are looked at, and which may be called: a tool that says nothing of itself may destroy. */
export function selectTools(listed: readonly ListedTool[], plan: Plan): ToolSelection {
  const include = compilePatterns(plan.include);
  const exclude = compilePatterns(plan.exclude);
  const allow = compilePatterns(plan.allow);
  const decide = (tool: ListedTool): ToolUse => {
    if (!include.matches(tool.name)) return { kind: 'not-called', reason: 'not included' };
    if (exclude.matches(tool.name)) return { kind: 'not-called', reason: 'excluded' };
    const { skip } = settingsOf(plan.tools, tool.name);
    if (skip !== undefined) return { kind: 'not-called', reason: `your settings skip it: ${skip}` };
    if (plan.calls === 'all' || isReadOnly(tool) || allow.matches(tool.name)) return { kind: 'called' };
    return { kind: 'not-called', reason: 'it does not say that it is read-only' };
  };
  const names = listed.map(({ name }) => name);
  return {
    tools: listed.filter(({ name }) => include.matches(name) && !exclude.matches(name)),
    callable: listed.filter((tool) => decide(tool).kind === 'called'),
    uses: listed.map((tool) => ({ tool: tool.name, use: decide(tool) })),
    warnings: [
      ...(names.length === 0 ? [] : include.unmatched(names)).map((text) => `--include ${text}`),
      ...exclude.unmatched(names).map((text) => `--exclude ${text}`),
      ...allow.unmatched(names).map((text) => `--allow ${text}`),
      ...Object.keys(plan.tools).flatMap((name) => {
        const label = Object.hasOwn(plan.arguments, name) ? '--arguments' : 'settings, tools:';
        return names.includes(name)
          ? []
          : compilePatterns([name])
              .unmatched(names)
              .map((text) => `${label} ${text}`);
      }),
    ],
  };
}
