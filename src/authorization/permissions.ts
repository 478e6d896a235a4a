import type { AuthorizationRule } from './authorization-rule.ts';
import { compileToolPatterns, type Target } from './tool-patterns.ts';

/** What some callers may call; the same object for all of them. */
export interface Permissions {
  /** Equal for equal permissions, and never for those of other rules. */
  readonly id: string;
  allows(target: Target): boolean;
  /** Whether there may be a tool of that server among them. */
  allowsOf(server: string): boolean;
}

/** What the rules that are about a caller come to. */
export function toPermissions(id: string, rules: readonly Pick<AuthorizationRule, 'allow'>[]): Permissions {
  const patterns = compileToolPatterns([...new Set(rules.flatMap(({ allow }) => allow))]);
  // Operations last as long as their contract, and each is asked about with every call.
  const known = new WeakMap<Target, boolean>();
  return {
    id,
    allows(target) {
      let isAllowed = known.get(target);
      if (isAllowed === undefined) {
        isAllowed = patterns.matches(target);
        known.set(target, isAllowed);
      }
      return isAllowed;
    },
    allowsOf: (server) => patterns.mayMatchOf(server),
  };
}
