import type { JsonValue } from '../json/value.ts';

/**
 * What mcpo reads a value as: the plain types that it knows, and nothing of what else a schema says.
 *
 * `any` takes every value as it is.
 */
export type Form = Scalar | ListForm | MapForm | Model | UnionForm;

/** A value without parts. */
export interface Scalar {
  readonly kind: 'any' | 'null' | 'string' | 'integer' | 'number' | 'boolean';
}

/** An array whose items have one form. */
export interface ListForm {
  readonly kind: 'list';
  readonly items: Form;
}

/** An object with any keys and values. */
interface MapForm {
  readonly kind: 'map';
}

/** An object with fields; made before its fields are, as it may hold itself. */
export interface Model {
  readonly kind: 'model';
  readonly name: string;
  readonly fields: Field[];
  /** Keys that reach the tool: those of the fields and of alternatives; or all. */
  readonly keys: ReadonlySet<string> | 'all';
}

/** A key of a model. */
export interface Field {
  readonly name: string;
  readonly form: Form;
  readonly isRequired: boolean;
  /** Filled in when the key is absent. */
  readonly default?: JsonValue;
}

/** One of several forms. */
export interface UnionForm {
  readonly kind: 'union';
  /** Without null. */
  readonly branches: readonly Form[];
  readonly isNullable: boolean;
  /**
   * In place of those of its models: of a key that only another branch knows, nobody can tell here whether the tool
   * wants it.
   */
  readonly keys: Model['keys'];
}

/** A form's name in error locations. */
export function labelOf(form: Form): string {
  switch (form.kind) {
    case 'string':
      return 'str';
    case 'integer':
      return 'int';
    case 'number':
      return 'float';
    case 'boolean':
      return 'bool';
    case 'null':
      return 'none';
    case 'any':
      return 'any';
    case 'list':
      return `list[${labelOf(form.items)}]`;
    case 'map':
      return 'dict[str,any]';
    case 'model':
      return form.name;
    case 'union': {
      const labels = form.branches.map(labelOf).join(',');
      const union = form.branches.length === 1 ? labels : `union[${labels}]`;
      return form.isNullable ? `nullable[${union}]` : union;
    }
  }
}
