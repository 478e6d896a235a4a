import { compileGlob } from '../upstream/name-patterns.ts';

/** A tool, and the server that has it: '' is the only one, whose tools are at the root. */
export interface Target {
  readonly server: string;
  readonly tool: string;
}

/** What patterns of tools match. */
export interface ToolPatterns {
  matches(target: Target): boolean;
  /** Whether a tool of that server may be among them. */
  mayMatchOf(server: string): boolean;
}

/** Compiles patterns; the names of servers hold no slash, those of tools may. */
export function compileToolPatterns(patterns: readonly string[]): ToolPatterns {
  const compiled = patterns.map((pattern) => ({ whole: compileName(pattern), ...split(pattern) }));
  return {
    matches({ server, tool }) {
      return compiled.some((pattern) =>
        server === '' ? pattern.whole(tool) : pattern.ofServer(server) && pattern.ofTool(tool),
      );
    },
    mayMatchOf: (server) => server === '' || compiled.some(({ ofServer }) => ofServer(server)),
  };
}

/** The parts of a pattern for servers that have names. */
function splitPattern(pattern: string): Target {
  const slash = pattern.indexOf('/');
  return slash === -1
    ? { server: pattern, tool: '*' }
    : { server: pattern.slice(0, slash), tool: pattern.slice(slash + 1) };
}

type MatchName = (name: string) => boolean;

function split(pattern: string): { readonly ofServer: MatchName; readonly ofTool: MatchName } {
  const { server, tool } = splitPattern(pattern);
  return { ofServer: compileName(server), ofTool: compileName(tool) };
}

function compileName(pattern: string): MatchName {
  const parts = pattern.split('*');
  return parts.length === 1 ? (name) => name === pattern : compileGlob(parts);
}
