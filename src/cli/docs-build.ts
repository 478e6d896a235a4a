import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { SiteContext } from '../docs/site/site-context.ts';
import type { WrittenSite } from '../docs/site/write-site.ts';
import { UsageError } from '../errors.ts';
import { toTerminalText } from '../terminal-text.ts';
import { addSiteOptions, addSourceOptions, type SiteFlags, type SourceFlags } from './docs-flags.ts';
import { createProgress } from './docs-progress.ts';
import { parseCommand, splitArguments } from './run-command.ts';

interface Flags extends SourceFlags, SiteFlags {
  readonly out: string;
}

const examples = `
Examples:
  mcpo-docs -o site -- npx -y @modelcontextprotocol/server-memory
  mcpo-docs --config servers.json --title "Our tools" --base-url https://tools.example.com
  mcpo-docs --document openapi.json --previous history/
  mcpo-docs --url http://127.0.0.1:8000 --api-key "$KEY"

The same contract gives the same bytes; only files that changed are written, and a folder that holds
anything else than a site of mcpo-docs is refused. Without a source: the embedded time server.

Exit code: 0 written, 1 a server or gateway cannot be reached or the folder not written, 2 usage.`;

/**
 * Builds the site that a command line asks for.
 *
 * @param words without `build`
 * @returns the exit code
 */
export async function buildDocs(words: readonly string[]): Promise<number> {
  const { own, server } = splitArguments(words);
  const command = buildCommand();
  parseCommand(command, own);
  const [stray] = command.args;
  if (stray !== undefined) {
    throw new UsageError(
      `unexpected '${stray}'; write the server's command after --, as in: mcpo-docs -- ${stray}`,
    );
  }
  // Every option's parser and default give the type that Flags says.
  const flags = command.opts<Flags>();
  // Loaded only now: help and what is wrong with a command line need none of it.
  const [{ toSiteSource, loadContract }, { toSiteOptions }, { buildSite }, { writeSite }, { claimFolder }] =
    await Promise.all([
      import('./site-source.ts'),
      import('./site-options.ts'),
      import('../docs/site/build-site.ts'),
      import('../docs/site/write-site.ts'),
      import('../docs/site/site-folder.ts'),
    ]);
  const source = await toSiteSource(command, server);
  const options = toSiteOptions(flags, source);
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => stop.abort(name));
  const progress = createProgress(process.stderr);
  let isNew = false;
  try {
    // Before anything is started: what is wrong with the folder is known at once.
    ({ isNew } = await claimFolder(flags.out));
    const contract = await loadContract(source, {
      signal: stop.signal,
      logLevel: flags.logLevel,
      onServer: (done, total) => progress.show(`servers: ${done} of ${total}`),
    });
    const { createSiteContext } = await import('../docs/site/site-context.ts');
    const context = createSiteContext(contract, options);
    const written = await writeSite(flags.out, buildSite(contract, options), {
      signal: stop.signal,
      onFile: (path, done) => progress.show(`${done} files: ${path}`),
    });
    progress.clear();
    report(context, flags.out, written);
    return 0;
  } catch (error) {
    progress.clear();
    // It is empty, or it stays.
    if (isNew) await rmdir(flags.out).catch(() => undefined);
    if (stop.signal.aborted) return 1;
    throw error;
  }
}

/** `mcpo-docs build` as commander sees it; what follows `--` is not its business. */
function buildCommand(): Command {
  const command = new Command('mcpo-docs')
    .usage('[build] [options] [-- <mcp command or URL> [args…]]')
    .description('Write a documentation site for the tools of MCP servers: static files that work anywhere.')
    .allowExcessArguments(true)
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', examples)
    .addOption(new Option('-o, --out <folder>', 'where the site is written').default('site'));
  return addSiteOptions(addSourceOptions(command));
}

function report({ contract, tools, map }: SiteContext, out: string, written: WrittenSite): void {
  for (const { server, reason } of contract.missing) {
    process.stderr.write(
      `mcpo-docs: left out ${server}: ${toTerminalText(reason.replaceAll(/\s*\n\s*/g, ' '))}\n`,
    );
  }
  const { files, bytes, changed, removed } = written;
  const servers = contract.servers.length;
  const what = [...(servers > 0 ? [count(servers, 'server')] : []), count(tools.length, 'tool')].join(', ');
  process.stdout.write(
    `${what}: ${count(files, 'file')}, ${toSize(bytes)} (${changed} written, ${removed} removed)\n` +
      `Open ${join(out, map.index)}\n`,
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function toSize(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
