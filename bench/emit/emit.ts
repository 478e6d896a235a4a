import { writeFileSync } from 'node:fs';
import { buildContract } from '../../src/index.ts';
import { CannotRunError } from '../cannot-run.ts';
import { tokenMarker } from '../load/messages.ts';
import type { BenchOptions } from '../options.ts';
import { openSubject } from '../run/subject.ts';
import type { WorkCall } from '../work/calls.ts';
import { toK6 } from './k6.ts';
import type { EmitRequest } from './parse-emit.ts';
import { toScenario, type Emitted, type Scenario } from './scenario.ts';
import { toVegeta } from './vegeta.ts';

/**
 * Writes the load that a run would make for another engine, without making any. What is written goes to the file and
 * how to run it to stdout; without a file, to stdout and stderr.
 *
 * @throws CannotRunError when there is no work, or the file cannot be written
 */
export async function emit(
  { engine, path }: EmitRequest,
  options: Omit<BenchOptions, 'signal'>,
): Promise<void> {
  requireNoPassword(options);
  const work = (await toGivenWork(options)) ?? (await openSubject(options)).work;
  const emitted = write(engine, toScenario(options, work));
  const shownPath = path === '-' ? `scenario.${engine === 'k6' ? 'js' : 'ndjson'}` : path;
  const help = `${emitted.command(shownPath)}\n${emitted.notes.map((note) => `# note: ${note}\n`).join('')}`;
  if (path === '-') {
    process.stdout.write(emitted.text);
    process.stderr.write(help);
    return;
  }
  try {
    writeFileSync(path, emitted.text);
  } catch (error) {
    throw new CannotRunError(`--emit: cannot write ${path}: ${(error as Error).message}`); // fs throws Errors
  }
  process.stdout.write(help);
}

function write(engine: EmitRequest['engine'], scenario: Scenario): Emitted {
  switch (engine) {
    case 'k6':
      return toK6(scenario);
    case 'vegeta':
      return toVegeta(scenario);
  }
}

/** All of the calls are given with their data, for a gateway that may be out of reach here: nobody is asked. */
async function toGivenWork({
  target,
  wanted,
  dataFile,
}: Omit<BenchOptions, 'signal'>): Promise<readonly WorkCall[] | undefined> {
  const isGiven = wanted.length > 0 && wanted.every((each) => each.arguments !== undefined);
  if (target.kind !== 'url' || !isGiven || dataFile !== undefined) return undefined;
  const names = [...new Set(wanted.map(({ tool }) => tool))];
  const tools = names.map((name) => ({ name, inputSchema: { type: 'object' } }));
  const { operations } = await buildContract({ sources: [{ server: '', tools }] });
  return wanted.map(({ tool, weight, source, arguments: given }) => {
    const path = operations.find((each) => each.tool === tool)?.path;
    if (path === undefined) throw new CannotRunError(`--tool: ${tool} is no name that can be served`);
    const text = JSON.stringify(given);
    const argumentsText = text.replaceAll('{{token}}', tokenMarker);
    return { tool, path, weight, source, argumentsText, hasToken: text !== argumentsText };
  });
}

function requireNoPassword({ target }: Pick<BenchOptions, 'target'>): void {
  if (target.kind !== 'url') return;
  const { username, password } = new URL(target.url);
  if (username === '' && password === '') return;
  throw new CannotRunError('--emit: the address holds a password, which would be written out; leave it out');
}
