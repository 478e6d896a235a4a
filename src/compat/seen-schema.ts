import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import type { Field, Form, Model } from './form.ts';
import { titleOf } from './python-text.ts';

/** A schema seen as a form, less what is said beside the type; `notes` are its annotations. */
export interface Seen {
  readonly form: Form;
  readonly schema: JsonObject;
  readonly notes: JsonObject;
}

/** Several schemas of which a value fits one; `beside` holds for all of them. */
export function toUnion(branches: readonly Seen[], beside: JsonObject, notes: JsonObject): Seen {
  const parts = branches.flatMap(toParts);
  const isNullable = parts.some(({ form }) => form.kind === 'null');
  const kept = new Map<string, Seen>();
  for (const part of parts) {
    const identity = JSON.stringify(part.schema);
    if (part.form.kind !== 'null' && !kept.has(identity)) kept.set(identity, part);
  }
  const choices = [...kept.values()];
  const [only] = choices;
  if (choices.length === 0) return { form: { kind: 'null' }, schema: { type: 'null', ...beside }, notes };
  if (choices.length === 1 && only !== undefined && !isNullable) {
    return { form: only.form, schema: { ...only.schema, ...beside }, notes };
  }
  const forms = choices.map(({ form }) => form);
  const schemas = [...choices.map(({ schema }) => schema), ...(isNullable ? [{ type: 'null' }] : [])];
  return {
    form: { kind: 'union', branches: forms, isNullable, keys: keysOf(forms) },
    schema: { anyOf: schemas, ...beside },
    notes,
  };
}

/** A union inside a union is part of it. */
function toParts({ form, schema, notes }: Seen): readonly Seen[] {
  const { anyOf, ...rest } = schema;
  if (form.kind === 'union' && Array.isArray(anyOf) && Object.keys({ ...rest, ...notes }).length === 0) {
    const schemas = (anyOf as readonly JsonValue[]).map(toSchema);
    const forms: Form[] = [...form.branches, ...(form.isNullable ? [{ kind: 'null' } as const] : [])];
    return forms.map((inner, index) => ({ form: inner, schema: schemas[index] ?? {}, notes: {} }));
  }
  return [{ form, schema: toPart({ form, schema, notes }), notes: {} }];
}

/** A schema with what is said beside its type; a model has a title of its own. */
export function toPart({ form, schema, notes: { title, ...notes } }: Seen): JsonObject {
  return { ...schema, ...(form.kind !== 'model' && title !== undefined && { title }), ...notes };
}

function keysOf(forms: readonly Form[]): Model['keys'] {
  const keys = new Set<string>();
  for (const form of forms) {
    if (form.kind === 'map' || form.kind === 'any') return 'all';
    if (form.kind !== 'model') continue;
    if (form.keys === 'all') return 'all';
    for (const key of form.keys) keys.add(key);
  }
  return keys;
}

/** A key of a model, from what was seen of its value. */
export function toField(name: string, { form, notes }: Seen, isRequired: boolean): Field {
  const standard = notes['default'];
  const hasDefault = !isRequired && standard !== undefined && standard !== null;
  return { name, form, isRequired, ...(hasDefault && { default: standard }) };
}

/** What a document shows of a key. */
export function toProperty({ name, form, default: standard }: Field, { schema, notes }: Seen): JsonObject {
  const model = form.kind === 'union' && form.branches.length === 1 ? form.branches[0] : form;
  return {
    ...schema,
    // A model has a title of its own.
    ...(model?.kind !== 'model' && { title: notes['title'] ?? titleOf(name) }),
    description: notes['description'] ?? '',
    ...(standard !== undefined && { default: standard }),
  };
}

/** A schema as an object; `{}` for what is none. */
export function toSchema(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
