import type { JsonObject } from '../../json/value.ts';
import { emptyScope, enterScope, type DynamicScope } from './dynamic-scope.ts';
import { isAtLeast } from './dialect.ts';
import { joinPointer } from './pointer.ts';
import { resolveReference, type Target } from './resolve.ts';
import { recursiveAnchor, type Location, type SchemaIndex } from './resources.ts';
import { UnservableError } from './unservable.ts';

/** A schema that is the root, or that something refers to; in one dynamic scope. */
export interface Unit {
  /** Stands in `$ref` until the component has a name. */
  readonly id: string;
  readonly source: JsonObject;
  readonly location: Location;
  readonly scope: DynamicScope;
}

/** The units found so far; a reference found while one is translated adds another. */
export interface UnitTable {
  readonly index: SchemaIndex;
  readonly units: Map<string, Unit>;
  /** False when nothing in the schema asks for the dynamic scope. */
  readonly isScopeTracked: boolean;
}

/** What a reference stands for: a unit's id, or a boolean schema. */
export type Reference =
  { readonly kind: 'unit'; readonly id: string } | { readonly kind: 'boolean'; readonly value: boolean };

/** More copies per scope than a schema written by hand has; a generator of scopes must end somewhere. */
const maxUnits = 20_000;

/** The unit of a schema entered from a scope. */
export function requireUnit(table: UnitTable, source: JsonObject, outer: DynamicScope): Unit {
  const location = locationOf(table, source);
  const scope = scopeInside(table, location, outer);
  const id = `${identityOf(table, source)}\n${scope.key}`;
  const known = table.units.get(id);
  if (known !== undefined) return known;
  if (table.units.size >= maxUnits) {
    throw new UnservableError('', `references lead to more than ${maxUnits} schemas: split the tool`);
  }
  const unit: Unit = { id, source, location, scope };
  table.units.set(id, unit);
  return unit;
}

/** Where a schema stands. */
export function locationOf(table: UnitTable, schema: JsonObject): Location {
  const location = table.index.locations.get(schema);
  if (location === undefined) throw new Error('invariant: a schema is indexed before it is translated');
  return location;
}

/** The scope within a schema that stands in `location`. */
export function scopeInside(table: UnitTable, location: Location, outer: DynamicScope): DynamicScope {
  if (!table.isScopeTracked) return emptyScope;
  return enterScope(outer, location.resource, (schema) => identityOf(table, schema));
}

/** What the reference keyword of a schema means in a scope; throws UnservableError when it leads nowhere. */
export function requireReference(
  table: UnitTable,
  at: { readonly location: Location; readonly scope: DynamicScope },
  keyword: string,
  value: string,
): Reference {
  const { location, scope } = at;
  const target = resolveReference(table.index, location.resource, value);
  switch (target.kind) {
    case 'boolean':
      return target;
    case 'unresolved':
      throw new UnservableError(joinPointer(location.pointer, keyword), target.reason);
    case 'schema':
      return { kind: 'unit', id: requireUnit(table, dynamicTarget(table, keyword, target, scope), scope).id };
  }
}

function dynamicTarget(
  table: UnitTable,
  keyword: string,
  target: Extract<Target, { kind: 'schema' }>,
  scope: DynamicScope,
): JsonObject {
  const { resource } = locationOf(table, target.schema);
  // 2019-09 core, section 8.2.4.2.1: dynamic only when the initial target's $recursiveAnchor is true.
  const anchor =
    keyword === '$recursiveRef' ? recursiveAnchor : keyword === '$dynamicRef' ? target.anchor : undefined;
  if (anchor === undefined || resource.dynamicAnchors.get(anchor) !== target.schema) return target.schema;
  return scope.outermost.get(anchor) ?? target.schema;
}

function identityOf(table: UnitTable, schema: JsonObject): string {
  const { document, pointer } = locationOf(table, schema);
  return `${document}#${pointer}`;
}

/** True when a keyword of the location's draft asks for the dynamic scope anywhere in this JSON text. */
export function asksForScope(text: string): boolean {
  return /"\$(?:dynamic|recursive)Ref"|json-schema\.org\/draft\/20/.test(text);
}

/** True when assertions beside `$ref` count (2019-09 core, section 8.2.4.1; before, they are ignored). */
export function hasRefSiblings(location: Location): boolean {
  return isAtLeast(location.resource.dialect, '2019-09');
}
