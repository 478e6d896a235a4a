/** What is wrong with one value, as mcpo's clients read it. */
export interface FillError {
  /** A stable name, such as `int_parsing`. */
  readonly type: string;
  /** `body`, then keys and indices, with the names of a union's branches between them. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  /** The way to the value that `input` repeats: keys and indices alone. */
  readonly path: readonly (string | number)[];
}

/** Where a value stands: a list from the inside out, so that a value that is right costs one link. */
export interface Place {
  readonly outer: Place | undefined;
  readonly part: string | number;
  /** The part names a branch of a union, which is no part of the value. */
  readonly isBranch: boolean;
}

/** The request's body. */
export const bodyPlace: Place = { outer: undefined, part: 'body', isBranch: true };

/** More than these are not told. */
export const maxErrors = 100;

const messages = {
  missing: 'Field required',
  string_type: 'Input should be a valid string',
  int_type: 'Input should be a valid integer',
  int_parsing: 'Input should be a valid integer, unable to parse string as an integer',
  int_from_float: 'Input should be a valid integer, got a number with a fractional part',
  float_type: 'Input should be a valid number',
  float_parsing: 'Input should be a valid number, unable to parse string as a number',
  bool_type: 'Input should be a valid boolean',
  bool_parsing: 'Input should be a valid boolean, unable to interpret input',
  list_type: 'Input should be a valid list',
  dict_type: 'Input should be a valid dictionary',
  model_attributes_type: 'Input should be a valid dictionary or object to extract fields from',
  none_required: 'Input should be None',
} as const;

/** The names of what can be wrong with a value's type. */
export type FillErrorType = keyof typeof messages;

/** What is wrong, in the words for its name. */
export function toFillError(type: FillErrorType, place: Place): FillError {
  const loc: (string | number)[] = [];
  const path: (string | number)[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.outer) {
    loc.unshift(at.part);
    if (!at.isBranch) path.unshift(at.part);
  }
  // A field that is missing has no value of its own; its model is shown.
  if (type === 'missing') path.pop();
  return { type, loc, msg: messages[type], path };
}

/** The JSON Pointer (RFC 6901) of a value in the body. */
export function pointerTo(place: Place): string {
  let pointer = '';
  for (let at: Place | undefined = place; at !== undefined; at = at.outer) {
    if (!at.isBranch) pointer = `${toToken(at.part)}${pointer}`;
  }
  return pointer;
}

/** One step of a JSON Pointer. */
export function toToken(part: string | number): string {
  return `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The place of a part. */
export function below(outer: Place, part: string | number): Place {
  return { outer, part, isBranch: false };
}

/** The place of a value seen as one branch of a union. */
export function asBranch(outer: Place, label: string): Place {
  return { outer, part: label, isBranch: true };
}
