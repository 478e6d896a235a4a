#!/usr/bin/env node
import { Command } from 'commander';
import { packageVersion } from '../package.ts';
import { buildDocs } from './docs-build.ts';
import { diffCommand } from './docs-diff.ts';
import { serveDocs } from './docs-serve.ts';
import { parseCommand, reportError, tolerateClosedOutput } from './run-command.ts';

const aboutItself: ReadonlySet<string> = new Set(['-h', '--help', '-V', '--version']);

tolerateClosedOutput();
process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  try {
    const [first] = words;
    if (first === 'build') return await buildDocs(words.slice(1));
    if (first === 'serve') return await serveDocs(words.slice(1));
    if (first !== undefined && first.startsWith('-') && !aboutItself.has(first))
      return await buildDocs(words);
    return runOther(words);
  } catch (error) {
    return reportError('mcpo-docs', error);
  }
}

function runOther(words: readonly string[]): number {
  let exitCode = 0;
  const command = new Command('mcpo-docs')
    .description(
      'Documentation of the tools of MCP servers: a site to publish, and what a new contract changes.',
    )
    .usage('[build] [options] [-- <mcp command or URL> [args…]]\n       mcpo-docs <command> [options]')
    .helpOption('-h, --help', 'show this help')
    .version(packageVersion, '-V, --version', 'show the version')
    .helpCommand(false)
    .addHelpText('after', '\nSee mcpo-docs build --help, mcpo-docs serve --help, mcpo-docs diff --help.');
  const quiet = { outputError: () => undefined };
  const diff = diffCommand((code) => {
    exitCode = code;
  });
  // For the list of commands; it is run before commander sees anything.
  command.command('build').description('Write a documentation site (what mcpo-docs does without a command).');
  command
    .command('serve')
    .description('Show the site on this machine, and load it again as the tools change.');
  command.addCommand(diff.exitOverride().configureOutput(quiet));
  // Without a command, commander prints its help as though something had failed.
  parseCommand(command, words.length === 0 ? ['--help'] : words);
  return exitCode;
}
