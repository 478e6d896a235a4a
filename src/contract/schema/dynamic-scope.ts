import type { JsonObject } from '../../json/value.ts';
import type { Resource } from './resources.ts';

/**
 * What of the dynamic scope can matter: for each dynamic anchor, the outermost schema entered so far that has it.
 *
 * The whole schema is known, so each `$dynamicRef` has one target per scope (2020-12 core, section 8.2.3.2):
 * a schema reached under two scopes is translated twice.
 */
export interface DynamicScope {
  readonly outermost: ReadonlyMap<string, JsonObject>;
  /** The same for the same mapping. */
  readonly key: string;
}

/** The scope before any resource is entered. */
export const emptyScope: DynamicScope = { outermost: new Map(), key: '' };

/** The scope inside a resource: what was entered before keeps its place. */
export function enterScope(
  scope: DynamicScope,
  resource: Resource,
  identityOf: (schema: JsonObject) => string,
): DynamicScope {
  if ([...resource.dynamicAnchors.keys()].every((anchor) => scope.outermost.has(anchor))) return scope;
  const outermost = new Map([...resource.dynamicAnchors, ...scope.outermost]);
  const key = JSON.stringify(
    [...outermost]
      .map(([anchor, schema]) => [anchor, identityOf(schema)])
      .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  );
  return { outermost, key };
}
