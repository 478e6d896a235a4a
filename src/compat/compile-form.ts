import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import type { Form, Model } from './form.ts';
import { knownKeys, refTarget, toRef, type Components } from './known-keys.ts';
import type { OrderProperties } from './property-order.ts';
import { toField, toPart, toProperty, toSchema, toUnion, type Seen } from './seen-schema.ts';

/** A tool's schema as a form, and as the schemas that a document shows of it. */
export interface CompiledForm {
  readonly model: Model;
  /** The component of `model`. */
  readonly component: string;
  /** Component name → schema. */
  readonly schemas: ReadonlyMap<string, JsonObject>;
}

/** What a form is compiled from. */
export interface FormSource {
  /** An object's schema, as a contract holds it. */
  readonly schema: JsonObject;
  readonly components: Components;
  /** Of the model that stands for all of it. */
  readonly name: string;
  readonly order: OrderProperties;
  /** Names of components that stand for something else; those of this form are added. @default none */
  readonly taken?: Set<string>;
}

/** Schemas that are seen; past these, references stay references: what they lead to is repeated at each of them. */
const maxSeen = 5_000;

/**
 * Compiles a schema into the form that mcpo would make of it; the schemas say in addition what mcpo leaves out.
 *
 * Objects with properties become components of their own, named for the way to them (COMPAT rules).
 */
export function compileForm(source: FormSource): CompiledForm {
  const compiler = new FormCompiler(source);
  const { schema, name } = source;
  const { model, component } = compiler.toModel(schema, name, undefined);
  return { model, component, schemas: compiler.schemas };
}

const any: Form = { kind: 'any' };
const scalars = new Set<unknown>(['string', 'integer', 'number', 'boolean', 'null']);
const modelKeywords = new Set(['type', 'title', 'additionalProperties', 'unevaluatedProperties']);
const noteKeywords = new Set(['title', 'description', 'default']);

class FormCompiler {
  readonly schemas = new Map<string, JsonObject>();
  readonly #components: Components;
  readonly #order: OrderProperties;
  readonly #taken: Set<string>;
  /** Of the references that are being followed: what has been made of their targets so far. */
  readonly #open = new Map<string, { readonly model: Model; readonly component: string } | undefined>();
  #seen = 0;

  constructor({ components, order, taken = new Set() }: FormSource) {
    this.#components = components;
    this.#order = order;
    this.#taken = taken;
  }

  /** @param opened the component that the schema is, when a reference led to it */
  toModel(
    schema: JsonObject,
    name: string,
    opened: string | undefined,
  ): { readonly model: Model; readonly component: string } {
    const component = this.#toUnusedName(name);
    const model: Model = { kind: 'model', name, fields: [], keys: knownKeys(schema, this.#components) };
    this.schemas.set(component, {});
    if (opened !== undefined) this.#open.set(opened, { model, component });
    const { properties: listed, required, ...others } = schema;
    const rest = Object.fromEntries(
      Object.entries(others).filter(([keyword]) => !modelKeywords.has(keyword)),
    );
    const members = isJsonObject(listed) ? listed : {};
    const names = this.#order(Object.keys(members));
    const isRequired = new Set(Array.isArray(required) ? required : []);
    const properties = names.map((key): readonly [string, JsonObject] => {
      const seen = this.see(toSchema(members[key]), name, key, undefined);
      const field = toField(key, seen, isRequired.has(key));
      model.fields.push(field);
      return [key, toProperty(field, seen)];
    });
    const demanded = [...names.filter((key) => isRequired.has(key)), ...isRequired].filter(isString);
    this.schemas.set(component, {
      properties: Object.fromEntries(properties),
      type: 'object',
      ...(demanded.length > 0 && { required: [...new Set(demanded)] }),
      ...this.#keep({ ...(model.keys === 'all' && toOpenness(schema)), ...rest }),
      title: name,
    });
    return { model, component };
  }

  /** Sees a schema as mcpo does, at a place below the model of the name `prefix`. */
  see(node: JsonObject, prefix: string, part: string, opened: string | undefined): Seen {
    this.#seen += 1;
    const notes = Object.fromEntries(Object.entries(node).filter(([key]) => noteKeywords.has(key)));
    const schema = Object.fromEntries(Object.entries(node).filter(([key]) => !noteKeywords.has(key)));
    const target = refTarget(schema);
    if (target !== undefined) return this.#follow(target, schema, notes, prefix, part);
    const { type, allOf, ...besides } = schema;
    if (Array.isArray(allOf) && allOf.length === 1 && Object.keys(besides).length === 0) {
      const inner = this.see(toSchema(allOf[0] as JsonValue), prefix, part, opened);
      return { ...inner, notes: { ...inner.notes, ...notes } };
    }
    const members = schema['properties'];
    const hasMembers = isJsonObject(members) && Object.keys(members).length > 0;
    if (Array.isArray(schema['anyOf']) && !hasMembers) return this.#seeUnion(schema, notes, prefix, part);
    // Beside these, a list of types repeats what the branches allow.
    const hasBranches = schema['oneOf'] !== undefined || schema['allOf'] !== undefined;
    if (Array.isArray(type) && hasBranches) return { form: any, schema: this.#keep(schema), notes };
    if (Array.isArray(type)) return this.#seeTypes(type as readonly JsonValue[], schema, notes, prefix, part);
    if (type === 'object' && hasMembers) {
      const name = `${prefix}_${part}_model`.replaceAll('__', '_').replace(/_+$/, '');
      const { model, component } = this.toModel(schema, name, opened);
      return { form: model, schema: toRef(component), notes };
    }
    const { type: _type, ...rest } = schema;
    if (type === 'object') {
      const { additionalProperties: values = {}, properties: _none, ...others } = rest;
      const isAny = isJsonObject(values) && Object.keys(values).length === 0;
      const shown = { additionalProperties: isAny || values, type: 'object', ...others };
      return { form: { kind: 'map' }, schema: this.#keep(shown), notes };
    }
    if (type === 'array') return this.#seeArray(rest, notes, prefix, part);
    // One of the scalar types was found in the set of them.
    const form: Form = scalars.has(type) ? { kind: type as 'string' } : any;
    const shown = type === undefined ? rest : { type, ...rest };
    return { form, schema: this.#keep(shown), notes };
  }

  #follow(target: string, ref: JsonObject, notes: JsonObject, prefix: string, part: string): Seen {
    const node = this.#components.get(target);
    if (node === undefined || this.#seen > maxSeen) return { form: any, schema: this.#keep(ref), notes };
    if (this.#open.has(target)) {
      const made = this.#open.get(target);
      if (made === undefined) return { form: any, schema: this.#keep(ref), notes };
      return { form: made.model, schema: toRef(made.component), notes };
    }
    this.#open.set(target, undefined);
    const seen = this.see(node, prefix, part, target);
    this.#open.delete(target);
    return { ...seen, notes: { ...seen.notes, ...notes } };
  }

  #seeUnion(schema: JsonObject, notes: JsonObject, prefix: string, part: string): Seen {
    const { anyOf, type, ...rest } = schema;
    // The caller has seen that it is an array.
    const branches = (anyOf as readonly JsonValue[]).map((branch, index) =>
      this.see(toSchema(branch), `${prefix}_${part}`, `choice_${index}`, undefined),
    );
    // A type beside a union repeats what all of its branches say, or is a limit of its own.
    const isRepeated = branches.every(
      (branch) => (branch.form.kind === 'model' ? 'object' : branch.schema['type']) === type,
    );
    const beside = this.#keep(isRepeated || type === undefined ? rest : { type, ...rest });
    return toUnion(branches, beside, notes);
  }

  #seeTypes(
    types: readonly JsonValue[],
    schema: JsonObject,
    notes: JsonObject,
    prefix: string,
    part: string,
  ): Seen {
    const { type: _type, items, properties, required, additionalProperties, ...rest } = schema;
    const branches = types.map((type) => {
      const own: JsonObject = {
        type,
        ...(type === 'array' && items !== undefined && { items }),
        ...(type === 'object' && properties !== undefined && { properties }),
        ...(type === 'object' && required !== undefined && { required }),
        ...(type === 'object' && additionalProperties !== undefined && { additionalProperties }),
      };
      return this.see(own, prefix, part, undefined);
    });
    return toUnion(branches, this.#keep(rest), notes);
  }

  #seeArray(rest: JsonObject, notes: JsonObject, prefix: string, part: string): Seen {
    const { items, ...others } = rest;
    const item = this.see(toSchema(items), `${prefix}_${part}`, 'item', undefined);
    const isTuple = others['prefixItems'] !== undefined;
    return {
      form: { kind: 'list', items: isTuple ? any : item.form },
      schema: { items: toPart(item), type: 'array', ...this.#keep(others) },
      notes,
    };
  }

  /** Keeps a schema as the contract says it, with the components that it refers to. */
  #keep(schema: JsonObject): JsonObject {
    const queue: JsonValue[] = [schema];
    // What is appended meanwhile is visited too.
    for (const value of queue) {
      if (typeof value !== 'object' || value === null) continue;
      const target = isJsonObject(value) ? refTarget(value) : undefined;
      const component = target === undefined ? undefined : this.#components.get(target);
      if (target !== undefined && component !== undefined && !this.schemas.has(target)) {
        this.schemas.set(target, component);
        queue.push(component);
      }
      queue.push(...Object.values(value));
    }
    return schema;
  }

  #toUnusedName(name: string): string {
    const plain = name.replaceAll(/[^A-Za-z0-9.\-_]/g, '_');
    let candidate = plain;
    for (let count = 2; this.#taken.has(candidate); count += 1) candidate = `${plain}_${count}`;
    this.#taken.add(candidate);
    return candidate;
  }
}

// That an object is closed is not said: keys that nobody knows are dropped, not refused.
function toOpenness({ additionalProperties, unevaluatedProperties }: JsonObject): JsonObject {
  return {
    ...(additionalProperties !== undefined && { additionalProperties }),
    ...(unevaluatedProperties !== undefined && { unevaluatedProperties }),
  };
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
