import type { Command } from 'commander';
import { serverNameFor, type ServerSettings, type StdioServerSettings } from '../config/server-settings.ts';
import { UsageError } from '../errors.ts';
import { timeServer } from './embedded.ts';
import { writtenName, type Flags } from './serve-flags.ts';

/** The server that the words after `--` name; the embedded one when there was no `--`. */
export function serverOfWords(
  words: readonly string[] | undefined,
  env: Readonly<Record<string, string>>,
  command: Command,
): ServerSettings {
  // Every option's parser and default give the type that Flags says.
  const flags = command.opts<Flags>();
  const type = flags.type ?? flags.serverType;
  const headerName = writtenName(command, 'header');
  if (words === undefined) {
    if (type !== undefined && type !== 'stdio')
      throw new UsageError('--type says how a URL is spoken to; write the URL after --');
    if (flags.header !== undefined)
      throw new UsageError(`${headerName} is for a server at a URL; write the URL after --`);
    return { ...timeServer, env, ...toReplicas(flags) };
  }
  const [program, ...args] = words;
  if (program === undefined || program === '') {
    throw new UsageError(
      `nothing follows --; write the server’s command, as in: ${command.name()} -- npx -y @modelcontextprotocol/server-memory`,
    );
  }
  if (/^https?:\/\//i.test(program)) return toRemoteServer(program, args, command);
  if (type !== undefined && type !== 'stdio')
    throw new UsageError(`'${program}' is no URL; write http://… or https://… after --, or leave out --type`);
  if (flags.header !== undefined)
    throw new UsageError(`${headerName} is for servers at a URL; give a command its secrets with --env`);
  return {
    type: 'stdio',
    name: serverNameFor(program, args),
    command: program,
    args,
    env,
    ...toReplicas(flags),
  };
}

function toReplicas({ replicas }: Flags): Pick<StdioServerSettings, 'replicas'> {
  return replicas > 1 ? { replicas: { min: replicas, max: replicas } } : {};
}

function toRemoteServer(url: string, more: readonly string[], command: Command): ServerSettings {
  const [stray] = more;
  const flags = command.opts<Flags>();
  if (stray !== undefined) throw new UsageError(`unexpected '${stray}' after the URL`);
  if (flags.replicas > 1) {
    throw new UsageError(
      `${writtenName(command, 'replicas')} is for a server that is started here; leave it out for a URL`,
    );
  }
  if (!URL.canParse(url)) throw new UsageError('the URL after -- cannot be read; check its host and port');
  const type = flags.type ?? flags.serverType ?? 'auto';
  if (type === 'stdio')
    throw new UsageError(
      'a URL is not spoken to over stdio; leave out --type, or write sse or streamable-http',
    );
  return { type, name: new URL(url).hostname, url, headers: flags.header ?? {} };
}
