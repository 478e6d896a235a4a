import { isDeepStrictEqual } from 'node:util';
import type { Catalog } from '../upstream.ts';

/** Names of tools, the first few of each kind. */
export interface ListingDifference {
  readonly missing: readonly string[];
  readonly added: readonly string[];
  readonly changed: readonly string[];
}

const MAX_NAMES = 20;

/** How the tools of one listing differ from those of another, whatever their order; undefined when they do not. */
export function compareListings(listed: Catalog, expected: Catalog): ListingDifference | undefined {
  if (listed.tools === expected.tools) return undefined;
  const ours = new Map(listed.tools.map((tool) => [tool.name, tool]));
  const theirs = new Map(expected.tools.map((tool) => [tool.name, tool]));
  const missing = [...theirs.keys()].filter((name) => !ours.has(name));
  const added = [...ours.keys()].filter((name) => !theirs.has(name));
  const changed = [...ours.keys()].filter(
    (name) => theirs.has(name) && !isDeepStrictEqual(ours.get(name), theirs.get(name)),
  );
  if (missing.length + added.length + changed.length === 0) return undefined;
  return {
    missing: missing.slice(0, MAX_NAMES),
    added: added.slice(0, MAX_NAMES),
    changed: changed.slice(0, MAX_NAMES),
  };
}
