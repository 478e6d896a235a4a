import type { ToolSettings } from '../options.ts';
import { compilePatterns } from '../pattern.ts';

/** What was said of a tool: of its name, and of patterns that match it, the later ones over the earlier ones. */
export function settingsOf(tools: Readonly<Record<string, ToolSettings>>, name: string): ToolSettings {
  const own = Object.entries(tools).filter(
    ([pattern]) => pattern === name || compilePatterns([pattern]).matches(name),
  );
  // Object.assign loses the type of what it joins.
  return Object.assign({}, ...own.map(([, settings]) => settings)) as ToolSettings;
}
