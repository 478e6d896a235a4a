import type { Contract, Operation, ToolSource } from '../contract/contract.ts';
import { toInputSchema, toOutputSchema } from '../contract/document/document-operations.ts';
import { isJsonObject, type JsonObject } from '../json/value.ts';
import type { Tool } from '../tool.ts';
import { compileForm, type CompiledForm } from './compile-form.ts';
import { knownKeys, type Components } from './known-keys.ts';
import { learnPropertyOrder } from './property-order.ts';

/** What a tool takes and gives, as forms. */
export interface ToolForm {
  /** Undefined when the tool takes nothing: the request's body is not looked at. */
  readonly arguments: CompiledForm | undefined;
  /** Undefined when the answer is not described. */
  readonly result: CompiledForm | undefined;
}

/** How a contract's tools are seen. */
export interface ToolFormOptions {
  readonly contract: Contract;
  /** What the servers list, for the order of properties. */
  readonly sources: readonly ToolSource[];
  /** See {@link FormSource.taken}. */
  readonly taken?: Set<string>;
}

/** Sees one tool as mcpo does. */
export function toToolForm(operation: Operation, options: ToolFormOptions): ToolForm {
  const { contract, sources, taken } = options;
  const object = toOperationObject(contract.document, operation);
  const components = toComponents(contract.document);
  const listed = findTool(operation, sources);
  const input = toInputSchema(object);
  const output = toOutputSchema(object);
  if (input === undefined || takesNothing(operation, input, components)) {
    return { arguments: undefined, result: undefined };
  }
  const common = { components, ...(taken !== undefined && { taken }) };
  return {
    arguments: compileForm({
      ...common,
      schema: input,
      name: `${operation.tool}_form_model`,
      order: learnPropertyOrder(listed?.inputSchema),
    }),
    result:
      output === undefined || !hasProperties(output)
        ? undefined
        : compileForm({
            ...common,
            schema: output,
            name: `${operation.tool}_response_model`,
            order: learnPropertyOrder(listed?.outputSchema),
          }),
  };
}

/** The document's Operation Object. */
function toOperationObject({ paths }: JsonObject, { path }: Operation): JsonObject {
  const item = isJsonObject(paths) ? paths[path] : undefined;
  const object = isJsonObject(item) ? item['post'] : undefined;
  return isJsonObject(object) ? object : {};
}

/** The tool as its server listed it; undefined when it lists it no longer. */
export function findTool({ server, tool }: Operation, sources: readonly ToolSource[]): Tool | undefined {
  return sources.find((source) => source.server === server)?.tools.find(({ name }) => name === tool);
}

function takesNothing(operation: Operation, input: JsonObject, components: Components): boolean {
  return !operation.isBodyRequired && !hasProperties(input) && knownKeys(input, components) !== 'all';
}

function hasProperties({ properties }: JsonObject): boolean {
  return isJsonObject(properties) && Object.keys(properties).length > 0;
}

const known = new WeakMap<JsonObject, Components>();

function toComponents(document: JsonObject): Components {
  const held = known.get(document);
  if (held !== undefined) return held;
  const { components } = document;
  const schemas =
    isJsonObject(components) && isJsonObject(components['schemas']) ? components['schemas'] : {};
  const made = new Map(
    Object.entries(schemas).flatMap(([name, schema]) =>
      isJsonObject(schema) ? [[name, schema] as const] : [],
    ),
  );
  known.set(document, made);
  return made;
}
