import type { Settings } from '../config/settings.ts';

/** How a document is written. */
export type DocumentFormat = 'json' | 'yaml';

/**
 * Starts the servers, writes the document to stdout, and ends everything.
 *
 * @param warnings logged first
 * @returns the exit code: 0 when the document was written, 1 when a signal came first
 */
export async function printOpenapi(
  settings: Settings,
  format: DocumentFormat,
  warnings: readonly string[],
): Promise<number> {
  // Loaded only now: help and what is wrong with a command line need none of it.
  const [{ readDocument }, { createLogger }] = await Promise.all([
    import('../serve/read-document.ts'),
    import('./logger.ts'),
  ]);
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => stop.abort(name));
  try {
    const logger = await createLogger(settings.logLevel);
    for (const warning of warnings) logger.warn({}, warning);
    await writeOut(await readDocument(settings, format, { logger, signal: stop.signal }));
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 1;
    throw error;
  }
}

async function writeOut(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // A reader that has seen enough, such as `head`, closes the pipe: that is its right.
    process.stdout.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' ? resolve() : reject(error),
    );
    process.stdout.write(text, () => resolve());
  });
}
