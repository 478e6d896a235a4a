import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { DynamicScope } from './dynamic-scope.ts';
import { joinPointer } from './pointer.ts';
import type { Location } from './resources.ts';
import type { UnitTable } from './units.ts';
import { UnservableError } from './unservable.ts';

/** What the translation of one unit needs to know. */
export interface DraftContext {
  readonly table: UnitTable;
  /** The dynamic scope outside the schema at hand. */
  readonly scope: DynamicScope;
  /** Schema levels down to here. */
  readonly depth: number;
  /** True when unevaluatedItems or unevaluatedProperties stands anywhere in the tool's schema. */
  readonly hasUnevaluated: boolean;
  /** For the schema's author; `pointer` leads into the source. */
  readonly warnings: { readonly pointer: string; readonly message: string }[];
  /** Where each translated schema object comes from. */
  readonly origins: Map<JsonObject, { readonly document: string; readonly pointer: string }>;
}

/** One schema object being translated. */
export interface Draft extends DraftContext {
  readonly source: JsonObject;
  readonly location: Location;
  /** The 2020-12 keywords written so far. */
  readonly members: Map<string, JsonValue>;
  /** Branches for `allOf`, saying what one keyword could not; with the keyword they stand for. */
  readonly branches: (readonly [keyword: string, schema: JsonObject])[];
  /** Translates a subschema, one level deeper. */
  readonly translateSubschema: (schema: JsonObject) => JsonObject;
}

/** The error for a keyword whose value is wrong. */
export function invalid(draft: Draft, tokens: readonly (string | number)[], fault: string): UnservableError {
  const keyword = tokens[0] ?? '';
  return new UnservableError(
    joinPointer(draft.location.pointer, ...tokens),
    `${keyword} ${fault} (JSON Schema ${draft.location.resource.dialect})`,
  );
}

/** Notes something for the schema's author. */
export function warn(draft: Draft, tokens: readonly (string | number)[], message: string): void {
  draft.warnings.push({ pointer: joinPointer(draft.location.pointer, ...tokens), message });
}

/** The same assertion, leaving no annotation for unevaluatedItems and unevaluatedProperties to see. */
export function hideEvaluation(draft: Draft, schema: JsonObject): JsonObject {
  // 2020-12 core, section 7.7.1.2: annotations do not leave a `not`.
  return draft.hasUnevaluated ? { not: { not: schema } } : schema;
}
