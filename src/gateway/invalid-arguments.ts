import type { Operation } from '../contract/contract.ts';
import type { Problem, Violation } from '../errors.ts';

/** What to answer when arguments violate the contract. */
export function toInvalidArguments({ tool }: Operation, violations: readonly Violation[]): Problem {
  const first = violations
    .slice(0, 3)
    .map(({ pointer, message }) => (pointer === '' ? message : `${pointer} ${message}`))
    .join('; ');
  const detail = `The arguments of ${tool} violate its contract: ${first}${violations.length > 3 ? '; …' : '.'}`;
  return { code: 'invalid_arguments', detail, extensions: { violations } };
}
