import { Command, Option } from 'commander';
import { parsePort } from '../config/parse-values.ts';
import type { Preview } from '../docs/preview/preview-server.ts';
import type { SiteContract } from '../docs/site/site.ts';
import { ConfigError, ListenError, SiteError, UpstreamStartError, UsageError } from '../errors.ts';
import { toTerminalText } from '../terminal-text.ts';
import { addSiteOptions, addSourceOptions, type SiteFlags, type SourceFlags } from './docs-flags.ts';
import { watchParent } from './parent-watch.ts';
import { parseCommand, splitArguments, toArgParser } from './run-command.ts';

interface Flags extends SourceFlags, SiteFlags {
  readonly port: number;
}

const examples = `
Examples:
  mcpo-docs serve -- node my-server.js
  mcpo-docs serve --port 0 --config servers.json
  mcpo-docs serve --document openapi.json --previous history/

Pages load again when the tools change, when a server restarts, and when the file of --document or --config
is written. What cannot be built is said in the page; the last site stays. Ctrl+C ends it and its servers.`;

/** `mcpo-docs serve` as commander sees it; what follows `--` is not its business. */
function previewCommand(): Command {
  const command = new Command('mcpo-docs serve')
    .usage('[options] [-- <mcp command or URL> [args…]]')
    .description('Show the documentation site on this machine, and load it again as the tools change.')
    .allowExcessArguments(true)
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', examples)
    .addOption(
      new Option('-p, --port <port>', 'port on 127.0.0.1; 0 picks a free one')
        .argParser(toArgParser<number>(parsePort))
        .default(8080),
    );
  return addSiteOptions(addSourceOptions(command));
}

/**
 * Previews the site that a command line asks for, until a signal comes.
 *
 * @param words without `serve`
 * @returns the exit code
 */
export async function serveDocs(words: readonly string[]): Promise<number> {
  const { own, server } = splitArguments(words);
  const command = previewCommand();
  parseCommand(command, own);
  const [stray] = command.args;
  if (stray !== undefined) {
    throw new UsageError(
      `unexpected '${stray}'; write the server's command after --, as in: mcpo-docs serve -- ${stray}`,
    );
  }
  // Every option's parser and default give the type that Flags says.
  const flags = command.opts<Flags>();
  // Loaded only now: help and what is wrong with a command line need none of it.
  const [
    { toSiteSource },
    { toSiteOptions },
    { followSource },
    { createRebuilds },
    { startPreview },
    { buildSite },
  ] = await Promise.all([
    import('./site-source.ts'),
    import('./site-options.ts'),
    import('./follow-source.ts'),
    import('../docs/preview/rebuilds.ts'),
    import('../docs/preview/preview-server.ts'),
    import('../docs/site/build-site.ts'),
  ]);
  const source = await toSiteSource(command, server);
  const options = toSiteOptions(flags, source);
  const stop = listenForSignals();
  let preview: Preview | undefined;
  let rebuild: (() => void) | undefined;
  const fail = (error: unknown): void => {
    const reason = toReason(error);
    say(`not built anew: ${reason}`);
    preview?.fail(reason);
  };
  try {
    const followed = await followSource(source, flags, {
      signal: stop,
      onChange: () => rebuild?.(),
      onFailure: fail,
    });
    try {
      preview = await startPreview(buildSite(await followed.read(), options), flags.port);
      const shown = preview;
      rebuild = createRebuilds(async () => {
        try {
          const contract = await followed.read();
          if (shown.show(buildSite(contract, options))) say(`built anew: ${toCounts(contract)}`);
        } catch (error) {
          if (!stop.aborted) fail(error);
        }
      }, stop);
      // What changed while the first site was built.
      rebuild();
      process.stdout.write(`Preview at ${preview.url}\n`);
      await abortOf(stop);
      return 0;
    } finally {
      await Promise.all([preview?.close(), followed.close()]);
    }
  } catch (error) {
    if (stop.aborted) return 0;
    throw error;
  }
}

/** Aborted by the first signal; the second does not wait for anything. */
function listenForSignals(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1);
      stop.abort(name);
    });
  }
  watchParent(() => stop.abort('the parent process ended'));
  return stop.signal;
}

async function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function say(text: string): void {
  process.stderr.write(`mcpo-docs: ${toTerminalText(text, { keepsLines: true })}\n`);
}

/** One line for what a user can mend; the whole of it for a defect of ours. */
function toReason(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join('; ');
  const isTold = [UsageError, SiteError, UpstreamStartError, ListenError].some(
    (kind) => error instanceof kind,
  );
  if (isTold && error instanceof Error) return error.message.replaceAll(/\s*\n\s*/g, ' ');
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function toCounts({ servers, missing }: SiteContract): string {
  const known = servers.length === 0 ? 'one document' : `${servers.length} servers`;
  return missing.length === 0 ? known : `${known}, ${missing.length} not reached`;
}
