import { countCharacters } from '../json.ts';
import type { Shape } from '../goals/goal-space.ts';
import { toStringConstraints } from '../values/generate-value.ts';
import { isStringWithin, toPlainText } from '../values/strings.ts';
import type { Coverage } from './covering.ts';
import type { Covered } from './covered.ts';

const maxSamples = 4;
/** Longer strings are left to checks of their own. */
const maxLongest = 100_000;

/** Strings at their shortest and longest, and some of the kind that the schema wants. */
export function* coverString({ space }: Coverage, shape: Shape, place: string): Iterable<Covered> {
  const constraints = toStringConstraints(shape);
  const { minLength, maxLength } = constraints;
  const where = place || 'the value';
  const isWithin = (text: string): boolean => isStringWithin(space.model, constraints, text);
  for (const length of new Set([minLength, minLength + 1, maxLength - 1, maxLength])) {
    if (length < 0 || length > maxLongest || length > maxLength) continue;
    const text = toPlainText(length);
    const found = isWithin(text)
      ? text
      : space.strings.find(constraints).find((each) => countCharacters(each) === length);
    if (found !== undefined) yield { value: found, what: `${where} has ${length} characters` };
  }
  const samples = space.strings.find(constraints);
  for (const value of samples.slice(0, maxSamples))
    yield { value, what: `${where} is a string like ${JSON.stringify(value).slice(0, 60)}` };
  if (isWithin('é𝒳 "\\')) yield { value: 'é𝒳 "\\', what: `${where} has characters beyond ASCII` };
}
