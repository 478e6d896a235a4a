import type { AuthorizationRule } from './authorization-rule.ts';
import { compileToolPatterns } from './tool-patterns.ts';

/** What there is for rules to allow. */
export interface KnownTools {
  /** Names of all servers; '' for the only one. */
  readonly servers: readonly string[];
  /** The tools of those that have been connected. */
  readonly sources: readonly {
    readonly server: string;
    readonly tools: readonly { readonly name: string }[];
  }[];
}

/** Patterns that match no tool and may never: those of a server that was not connected yet are not among them. */
export function findUnknownTargets(
  rules: readonly Pick<AuthorizationRule, 'allow'>[],
  { servers, sources }: KnownTools,
): readonly string[] {
  const connected = new Set(sources.map(({ server }) => server));
  const awaited = servers.filter((server) => !connected.has(server));
  const patterns = new Set(rules.flatMap(({ allow }) => allow));
  return [...patterns].filter((pattern) => {
    // It is about whatever there may be.
    if (/^\*(?:\/\*)?$/.test(pattern)) return false;
    const found = compileToolPatterns([pattern]);
    if (awaited.some((server) => found.mayMatchOf(server))) return false;
    return !sources.some(({ server, tools }) =>
      tools.some(({ name }) => found.matches({ server, tool: name })),
    );
  });
}
