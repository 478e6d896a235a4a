export { CannotRunError } from './cannot-run.ts';
export { bench } from './bench.ts';
export type { BenchedTarget, BenchOptions, Progress } from './options.ts';
export type { Assertion } from './assertions/assertion.ts';
export { parseAssertion } from './assertions/parse-assertion.ts';
export type { BenchResult, LoadResult, PipeliningResult, Step } from './result.ts';
export type { WantedCall } from './work/choose-work.ts';
