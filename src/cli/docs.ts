#!/usr/bin/env node
import { Command } from 'commander';
import { packageVersion } from '../package.ts';
import { diffCommand } from './docs-diff.ts';
import { parseCommand, reportError, tolerateClosedOutput } from './run-command.ts';

tolerateClosedOutput();
process.exitCode = main(process.argv.slice(2));

function main(words: readonly string[]): number {
  let exitCode = 0;
  const command = new Command('mcpo-docs')
    .description('The contract as documents: what a new one changes.')
    .usage('<command> [options]')
    .helpOption('-h, --help', 'show this help')
    .version(packageVersion, '-V, --version', 'show the version')
    .helpCommand(false)
    .addHelpText('after', '\nSee mcpo-docs diff --help.');
  const quiet = { outputError: () => undefined };
  const diff = diffCommand((code) => {
    exitCode = code;
  });
  command.addCommand(diff.exitOverride().configureOutput(quiet));
  try {
    // Without a command, commander prints its help as though something had failed.
    parseCommand(command, words.length === 0 ? ['--help'] : words);
    return exitCode;
  } catch (error) {
    return reportError('mcpo-docs', error);
  }
}
