import { reportError } from '../run-command.ts';
import { connectToPrimary, type PrimaryLine } from './primary-line.ts';

/** A primary that does not answer is gone, or busy: then the words are written here. */
const tellMs = 5_000;

/** Ends a worker that failed before it served: its primary knows who is to read why. */
export async function reportFailure(
  error: unknown,
  // One that fails early has no line yet, and nothing to answer on it.
  line: PrimaryLine = connectToPrimary({}, () => undefined),
): Promise<never> {
  let words = '';
  const exitCode = reportError('mcpo-serve', error, (text) => (words += text));
  try {
    await line.ask('failed', words, tellMs);
  } catch {
    process.stderr.write(words);
  }
  process.exit(exitCode);
}
