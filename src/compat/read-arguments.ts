import { isUtf8 } from 'node:buffer';
import type { Contract, Operation } from '../contract/contract.ts';
import type { Problem } from '../errors.ts';
import type { ReadArguments, RequestBody } from '../gateway/profile.ts';
import { parseBody } from '../json/parse-body.ts';
import type { JsonValue } from '../json/value.ts';
import { toCompactJson } from './compact-json.ts';
import type { CompiledForm } from './compile-form.ts';
import { bodyPlace, maxErrors, toFillError, type FillError } from './fill-error.ts';
import { fillForm, type Filled } from './fill-form.ts';
import { findJsonFault } from './json-fault.ts';
import { RawJson } from './raw-json.ts';
import { toViolationError } from './violation-error.ts';

/** Each value is looked at about once; only alternatives within alternatives could make it many times more. */
const stepsPerCharacter = 2;
const spareSteps = 20_000;
/** An error repeats the value at fault, and each field that is missing all of its model. */
const maxInputLength = 10_000;

/** What arguments are read for. */
export interface ArgumentsTarget {
  readonly operation: Operation;
  readonly contract: Contract;
  /** Undefined when the tool takes nothing. */
  readonly form: CompiledForm | undefined;
}

/** Reads a request's body as mcpo does, and holds what comes of it to the contract (COMPAT rules). */
export function readArguments(body: RequestBody, target: ArgumentsTarget): ReadArguments {
  const { form, operation } = target;
  const nothing: ReadArguments = { kind: 'arguments', value: {}, text: '{}' };
  if (form === undefined) return nothing;
  if (body.bytes === undefined) {
    const isOptional = form.model.fields.length === 0 && !operation.isBodyRequired;
    return isOptional ? nothing : bodyProblem([missingBody], 'null');
  }
  if (body.contentType !== undefined && !isJson(body.contentType)) return notJson(body.bytes);
  const parsed = parseBody(body.bytes);
  if (parsed.kind === 'malformed') return malformed(body.bytes, parsed.detail);
  if (parsed.value === null) return bodyProblem([missingBody], 'null');
  return fill(parsed, target, form);
}

const missingBody: FillError = { ...toFillError('missing', bodyPlace), path: [] };

interface Parsed {
  readonly value: JsonValue;
  readonly text: string;
}

function fill(sent: Parsed, { operation, contract }: ArgumentsTarget, form: CompiledForm): ReadArguments {
  const isValid = (value: JsonValue): boolean => contract.validateArguments(operation, value) === undefined;
  const read = (withDefaults: boolean, integers?: Set<string>): Filled =>
    fillForm(form.model, sent.value, bodyPlace, {
      withDefaults,
      budget: { left: spareSteps + stepsPerCharacter * sent.text.length },
      ...(integers !== undefined && { integers }),
    });
  // Only for texts that may need it: most numbers are written as what they are.
  const integers = /\d[.eE]/.test(sent.text) ? new Set<string>() : undefined;
  const outcome = read(true, integers);
  if (outcome.kind === 'refused') {
    return isValid(sent.value) ? accept(sent.value, sent) : bodyProblem(outcome.errors, sent.text);
  }
  const violations = contract.validateArguments(operation, outcome.value);
  if (violations === undefined) return accept(outcome.value, sent, integers);
  // A default, or a key that was dropped, may be what the tool's other rules forbid or miss.
  const bare = read(false);
  if (bare.kind === 'filled' && isValid(bare.value)) return accept(bare.value, sent, integers);
  if (isValid(sent.value)) return accept(sent.value, sent);
  const errors = violations.map((violation) => toViolationError(violation, outcome.value));
  return bodyProblem(errors, accept(outcome.value, sent).text);
}

function accept(
  value: JsonValue,
  sent: Parsed,
  integers: ReadonlySet<string> = new Set(),
): { readonly kind: 'arguments'; readonly value: JsonValue; readonly text: string } {
  const isSame = value === sent.value && integers.size === 0;
  return {
    kind: 'arguments',
    value,
    text: isSame ? sent.text : new RawJson(sent.text).change(value, sent.value, integers),
  };
}

/** True for application/json and +json types, whatever their parameters. */
function isJson(mediaType: string): boolean {
  const [essence = ''] = mediaType.toLowerCase().split(';');
  return /^application\/(?:json|\S+\+json)$/.test(essence.trim());
}

function notJson(bytes: Buffer): ReadArguments {
  if (!isUtf8(bytes)) return unreadable;
  const error = toFillError('model_attributes_type', bodyPlace);
  return bodyProblem([error], JSON.stringify(bytes.toString('utf8')));
}

function malformed(bytes: Buffer, detail: string): ReadArguments {
  if (!isUtf8(bytes)) return unreadable;
  const fault = findJsonFault(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  // What Python takes and RFC 8259 does not, or what could mean two things, is refused in our own words.
  if (fault === undefined) return { kind: 'problem', problem: { code: 'malformed_json', detail } };
  const error = {
    type: 'json_invalid',
    loc: ['body', fault.offset],
    msg: 'JSON decode error',
    input: {},
    ctx: { error: fault.message },
  };
  return toProblem(`The body is not JSON: ${fault.message}.`, JSON.stringify([error]));
}

const unreadable: ReadArguments = {
  kind: 'problem',
  problem: { code: 'malformed_json', detail: 'There was an error parsing the body' },
};

/** @param json the text that the errors' paths lead through */
function bodyProblem(errors: readonly FillError[], json: string): ReadArguments {
  const sent = new RawJson(json);
  const list = errors.slice(0, maxErrors).map(({ type, loc, msg, path }) => {
    const raw = sent.at(path) ?? 'null';
    const input = raw.length > maxInputLength ? 'null' : (toCompactJson(raw) ?? 'null');
    return `${JSON.stringify({ type, loc, msg }).slice(0, -1)},"input":${input}}`;
  });
  const detail = errors
    .slice(0, 3)
    .map(({ loc, msg }) => `${loc.join('.')}: ${msg}`)
    .join('; ');
  return toProblem(detail, `[${list.join(',')}]`);
}

function toProblem(detail: string, errors: string): ReadArguments {
  const problem: Problem = { code: 'invalid_arguments', detail, rawExtensions: { errors } };
  return { kind: 'problem', problem };
}
