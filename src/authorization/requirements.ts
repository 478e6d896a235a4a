import type { Requirement } from '../contract/document/declared-requirements.ts';
import type { AuthorizationRule } from './authorization-rule.ts';
import { compileToolPatterns, type Target, type ToolPatterns } from './tool-patterns.ts';

/** What opens a tool: any one of these, each once. */
export function toRequirements(rules: readonly AuthorizationRule[], target: Target): readonly Requirement[] {
  const found = new Map<string, Requirement>();
  const add = (requirement: Requirement): void => {
    found.set(JSON.stringify(requirement), requirement);
  };
  for (const rule of rules) {
    if (!patternsOf(rule).matches(target)) continue;
    if (rule.everyone) add({ scopes: [], credentials: 'any' });
    if (rule.scopes.length > 0) add({ scopes: rule.scopes.toSorted(), credentials: 'any' });
    if (rule.keys.length > 0 || rule.sharedKey) add({ scopes: [], credentials: 'keys' });
  }
  return [...found.values()];
}

/** Documents ask of each rule about every tool. */
const compiled = new WeakMap<AuthorizationRule, ToolPatterns>();

function patternsOf(rule: AuthorizationRule): ToolPatterns {
  let patterns = compiled.get(rule);
  if (patterns === undefined) {
    patterns = compileToolPatterns(rule.allow);
    compiled.set(rule, patterns);
  }
  return patterns;
}
