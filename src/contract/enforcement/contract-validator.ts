import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import { OpenAPIValidator, type Operation as RoutedOperation, type Request } from 'openapi-backend';
import type { Violation } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';
import { toAssertionSchema } from '../validation/assertion-schema.ts';
import type { Operation } from '../contract.ts';
import { createAjv, type AjvOptions } from '../validation/create-ajv.ts';
import { toInputSchema, toOutputSchema } from '../document/document-operations.ts';
import type { Components } from '../validation/empty-object.ts';
import type { IndexedRouter } from './indexed-router.ts';
import { createPatternCompiler } from '../validation/pattern.ts';
import { toSchemaCost, type SchemaCost } from '../validation/schema-cost.ts';
import { createGuard, type Verdict } from '../validation/validation-guard.ts';
import { measureValue } from '../validation/value-size.ts';
import { toViolations, undecidedViolation } from './violations.ts';

type Direction = 'input' | 'output';

/** Beyond, a value is refused with its first violation only: there may be as many errors as it has parts. */
const maxExplainedUnits = 100_000;
/** To stop at the first error, Ajv nests one block for each property: too deep for its writer with thousands of them. */
const maxNestedProperties = 500;

/**
 * openapi-backend's validator, reduced to what a tool call needs: of a request the body is checked, of a response the
 * JSON body, each by one function that is compiled on first use and kept in the base class's stores.
 *
 * A second function, which collects all errors, is compiled for those operations that a value was refused by.
 */
export class ContractValidator extends OpenAPIValidator {
  readonly #components: Components;
  readonly #options: Omit<AjvOptions, 'allErrors'>;
  readonly #guard = createGuard();
  readonly #costs = new WeakMap<ValidateFunction, SchemaCost>();
  readonly #explain = new Map<string, ValidateFunction>();
  readonly #firstError: Ajv2020;
  readonly #allErrors: Ajv2020;

  constructor(router: IndexedRouter, document: JsonObject, formats: 'annotate' | 'assert') {
    super({ definition: router.definition, router, lazyCompileValidators: true });
    // Keys are operationIds, which come from outside.
    this.requestValidators = Object.create(null) as typeof this.requestValidators;
    this.responseValidators = Object.create(null) as typeof this.responseValidators;
    this.#components = toComponents(document);
    this.#options = { formats, compilePattern: createPatternCompiler() };
    this.#firstError = createAjv({ ...this.#options, allErrors: false });
    this.#allErrors = createAjv({ ...this.#options, allErrors: true });
  }

  /** The violations of a value; undefined when there are none. */
  check(operation: Operation, direction: Direction, value: unknown): readonly Violation[] | undefined {
    const validate = this.#validator(operation.operationId, direction);
    if (validate === undefined) return undefined;
    const verdict = this.#verdict(validate, value);
    if (verdict === 'valid') return undefined;
    if (verdict === 'undecided') return [undecidedViolation];
    return this.#explainErrors(operation.operationId, direction, value, validate.errors ?? []);
  }

  /** Compiles an operation's functions before their first use. */
  prepare(operation: Operation): void {
    this.#validator(operation.operationId, 'input');
    this.#validator(operation.operationId, 'output');
  }

  override buildRequestValidatorsForOperation(operation: RoutedOperation): ValidateFunction[] {
    return [this.#compile(this.#firstError, operation, 'input')].filter((validate) => validate !== undefined);
  }

  override buildResponseValidatorForOperation(operation: RoutedOperation): ValidateFunction | null {
    return this.#compile(this.#firstError, operation, 'output') ?? null;
  }

  /** Checks `body`, which is parsed already; nothing else of a request is in the contract. */
  override validateRequest(
    request: Request,
    operation?: RoutedOperation | string,
  ): { valid: boolean; errors?: ErrorObject[] | null } {
    const routed = operation ?? this.router.matchOperation(request, true);
    const id = typeof routed === 'string' ? routed : routed.operationId;
    const validate = id === undefined ? undefined : this.#validator(id, 'input');
    if (validate === undefined) throw new Error('Unknown operation');
    const isValid = this.#verdict(validate, request.body) === 'valid';
    return { valid: isValid, errors: isValid ? null : (validate.errors ?? []) };
  }

  #validator(operationId: string, direction: Direction): ValidateFunction | undefined {
    if (direction === 'input') return this.getRequestValidatorsForOperation(operationId)[0];
    // The declared type leaves out the null that the base class keeps for "nothing to check".
    const validate = this.getResponseValidatorForOperation(operationId) as ValidateFunction | null;
    return validate ?? undefined;
  }

  #verdict(validate: ValidateFunction, value: unknown): Verdict {
    const cost = this.#costs.get(validate);
    if (cost === undefined) throw new Error('a validator was not compiled by this contract');
    return this.#guard(validate, value, cost);
  }

  #explainErrors(
    operationId: string,
    direction: Direction,
    value: unknown,
    firstErrors: readonly ErrorObject[],
  ): readonly Violation[] {
    if (measureValue(value) > maxExplainedUnits) return toViolations(firstErrors, value);
    try {
      return this.#explainAll(operationId, direction, value) ?? toViolations(firstErrors, value);
    } catch {
      // Looking for every error, Ajv fails on some schemas whose first error it finds.
      return toViolations(firstErrors, value);
    }
  }

  #explainAll(operationId: string, direction: Direction, value: unknown): readonly Violation[] | undefined {
    const key = toKey(operationId, direction);
    const explain =
      this.#explain.get(key) ??
      this.#compile(this.#allErrors, this.router.getOperation(operationId), direction);
    if (explain === undefined) return undefined;
    this.#explain.set(key, explain);
    const isExplained = this.#verdict(explain, value) === 'invalid';
    return isExplained && explain.errors ? toViolations(explain.errors, value) : undefined;
  }

  #compile(
    ajv: Ajv2020,
    operation: RoutedOperation | undefined,
    direction: Direction,
  ): ValidateFunction | undefined {
    // A routed operation is a copy of an object of the document.
    const object = operation as unknown as JsonObject | undefined;
    if (object === undefined) return undefined;
    const schema = direction === 'input' ? toInputSchema(object) : toOutputSchema(object);
    if (schema === undefined) return undefined;
    const assertions = toAssertionSchema(schema, this.#components);
    const cost = toSchemaCost(assertions, this.#options);
    const isWide = cost.widestObject > maxNestedProperties;
    const validate = (isWide ? this.#allErrors : ajv).compile(assertions);
    this.#costs.set(validate, cost);
    if (isWide) this.#explain.set(toKey(object['operationId'], direction), validate);
    return validate;
  }
}

function toKey(operationId: unknown, direction: Direction): string {
  return `${direction} ${String(operationId)}`;
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
