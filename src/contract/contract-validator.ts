import type { ErrorObject, ValidateFunction } from 'ajv';
import { OpenAPIValidator, type Operation as RoutedOperation, type Request } from 'openapi-backend';
import type { Violation } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json/value.ts';
import { toAssertionSchema } from './assertion-schema.ts';
import type { Operation } from './contract.ts';
import { createAjv } from './create-ajv.ts';
import { toInputSchema, toOutputSchema } from './document-operations.ts';
import type { Components } from './empty-object.ts';
import type { IndexedRouter } from './indexed-router.ts';
import { toViolations } from './violations.ts';

type Direction = 'input' | 'output';

/**
 * openapi-backend's validator, reduced to what a tool call needs: of a request the body is checked, of a response the
 * JSON body, each by one function that is compiled on first use and kept in the base class's stores.
 *
 * A second function, which collects all errors, is compiled for those operations that a value was refused by.
 */
export class ContractValidator extends OpenAPIValidator {
  readonly #components: Components;
  readonly #formats: 'annotate' | 'assert';
  readonly #first: ReturnType<typeof createAjv>;
  #all: ReturnType<typeof createAjv> | undefined;
  readonly #explain = new Map<string, ValidateFunction>();

  constructor(router: IndexedRouter, document: JsonObject, formats: 'annotate' | 'assert') {
    super({ definition: router.definition, router, lazyCompileValidators: true });
    // Keys are operationIds, which come from outside.
    this.requestValidators = Object.create(null);
    this.responseValidators = Object.create(null);
    this.#components = toComponents(document);
    this.#formats = formats;
    this.#first = createAjv({ allErrors: false, formats });
  }

  /** The violations of a value; undefined when there are none. */
  check(operation: Operation, direction: Direction, value: unknown): readonly Violation[] | undefined {
    const { operationId } = operation;
    const validate =
      direction === 'input'
        ? this.getRequestValidatorsForOperation(operationId)[0]
        : this.getResponseValidatorForOperation(operationId);
    if (validate === undefined || validate === null || validate(value)) return undefined;
    return this.#violations(operationId, direction, value, validate.errors ?? []);
  }

  override buildRequestValidatorsForOperation(operation: RoutedOperation): ValidateFunction[] {
    return [this.#compile(this.#first, operation, 'input')].filter((validate) => validate !== undefined);
  }

  override buildResponseValidatorForOperation(operation: RoutedOperation): ValidateFunction | null {
    return this.#compile(this.#first, operation, 'output') ?? null;
  }

  /** Checks `body` as it is: already parsed. */
  override validateRequest(
    request: Request,
    operation?: RoutedOperation | string,
  ): { valid: boolean; errors?: ErrorObject[] | null } {
    const routed = operation ?? this.router.matchOperation(request);
    const id = typeof routed === 'string' ? routed : routed?.operationId;
    if (id === undefined) throw new Error('Unknown operation');
    const validate = this.getRequestValidatorsForOperation(id)[0];
    const isValid = validate === undefined || validate(request.body);
    return { valid: isValid, errors: isValid ? null : (validate.errors ?? null) };
  }

  #violations(
    operationId: string,
    direction: Direction,
    value: unknown,
    first: readonly ErrorObject[],
  ): readonly Violation[] {
    const key = `${direction} ${operationId}`;
    let explain = this.#explain.get(key);
    if (explain === undefined) {
      this.#all ??= createAjv({ allErrors: true, formats: this.#formats });
      explain = this.#compile(this.#all, this.router.getOperation(operationId), direction);
      if (explain === undefined) return toViolations(first, value);
      this.#explain.set(key, explain);
    }
    return explain(value) ? toViolations(first, value) : toViolations(explain.errors ?? first, value);
  }

  #compile(
    ajv: ReturnType<typeof createAjv>,
    operation: RoutedOperation | undefined,
    direction: Direction,
  ): ValidateFunction | undefined {
    // A routed operation is a copy of an object of the document.
    const object = operation as unknown as JsonObject | undefined;
    if (object === undefined) return undefined;
    const schema = direction === 'input' ? toInputSchema(object) : toOutputSchema(object);
    return schema === undefined ? undefined : ajv.compile(toAssertionSchema(schema, this.#components));
  }
}

function toComponents(document: JsonObject): Components {
  const { components } = document;
  const schemas =
    isJsonObject(components) && isJsonObject(components['schemas']) ? components['schemas'] : {};
  return new Map(
    Object.entries(schemas).flatMap(([name, schema]) =>
      isJsonObject(schema) ? [[name, schema] as const] : [],
    ),
  );
}
