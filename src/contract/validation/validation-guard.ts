import { createContext, Script, type Context } from 'node:vm';
import type { SchemaCost } from './schema-cost.ts';
import { measureValue } from './value-size.ts';

/** The answer to "does this value satisfy the schema?". */
export type Verdict = 'valid' | 'invalid' | 'undecided';

/** Runs a check that may never end, but not for longer than it should take. */
export type Guard = (isValid: (value: unknown) => boolean, value: unknown, cost: SchemaCost) => Verdict;

/** Steps that take a few milliseconds at most: below, a check runs as it is. */
const maxSteps = 2_000_000;
/** For a check that may be exponential: many times what an ordinary value takes on a busy machine. */
const unboundedMs = 250;
/** For any other, which ends by itself: only schemas and values that are both enormous come near. */
const boundedMs = 2_000;
const unitsPerMs = 1_000;

/**
 * Creates a guard: neither patterns nor schemas that come from a server can stop the event loop for longer than a
 * bound that grows with the value's size alone.
 *
 * What may take long runs in a `node:vm` script with a timeout, which V8 enforces in compiled code and regular
 * expressions alike; that costs some 0.15 ms, so all else does without. Undecided means "took too long".
 */
export function createGuard(): Guard {
  let script: Script | undefined;
  let context: Context | undefined;
  return (isValid, value, cost) => {
    try {
      const units = measureValue(value);
      if (units * cost.stepsPerUnit <= maxSteps && !cost.isUnbounded)
        return isValid(value) ? 'valid' : 'invalid';
      script ??= new Script('run()');
      context ??= createContext(Object.create(null) as object);
      context['run'] = () => isValid(value);
      const timeout = (cost.isUnbounded ? unboundedMs : boundedMs) + Math.ceil(units / unitsPerMs);
      return script.runInContext(context, { timeout }) === true ? 'valid' : 'invalid';
    } catch (error) {
      if (isOverrun(error)) return 'undecided';
      throw error;
    } finally {
      if (context !== undefined) context['run'] = undefined;
    }
  };
}

/** Out of time, or out of stack. The error may come of another realm, so `instanceof` does not tell. */
function isOverrun(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('name' in error && error.name === 'RangeError') return true;
  return 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
