#!/usr/bin/env node
import { CommanderError } from 'commander';
import { toErrorText } from './cli/cli-error.ts';
import { exitCodes } from './cli/exit-code.ts';
import { readWords } from './cli/read-words.ts';
import { readReplayWords } from './cli/replay-words.ts';
import { runReplay } from './cli/run-replay.ts';
import { runVerify } from './cli/run-verify.ts';
import { toVisible } from './reporters/visible.ts';

// A reader that has seen enough, such as `head`, closes the pipe: that is its right, and no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`mcpo-verify: stdout cannot be written: ${error.message}\n`);
  // What was found is lost, and nobody may take that for a verdict.
  process.exit(exitCodes.couldNotRun);
});
process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  try {
    const [first, ...rest] = words;
    return await (first === 'replay' ? runReplay(readReplayWords(rest)) : runVerify(readWords(words)));
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.clean; // --help and --version
    const defect = `mcpo-verify: ${error instanceof Error ? error.stack : String(error)}`;
    process.stderr.write(`${toVisible(toErrorText(error) ?? defect, { keepsLines: true })}\n`);
    return exitCodes.couldNotRun;
  }
}
