/** How one MCP server is reached: today a child process that speaks over stdio. */
export interface ServerSettings {
  /** In logs, in /readyz and in metrics. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the small allow-list of the environment that children get. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/**
 * A readable name for a command line: what `npx`, `uvx`, `node` or `python` runs, else the command itself.
 *
 * @example serverNameFor('npx', ['-y', '@modelcontextprotocol/server-everything']) // 'server-everything'
 */
export function serverNameFor(command: string, args: readonly string[]): string {
  const program = baseName(command).replace(/\.(?:exe|cmd|bat)$/i, '');
  const isRunner = /^(?:npx|bunx|uvx|uv|pipx|node|bun|deno|python[\d.]*|docker|podman)$/.test(program);
  const target = isRunner ? args.find(isTarget) : undefined;
  const name = baseName(target ?? program)
    .replace(/(?<=.)@[^@]*$/, '')
    .replace(/\.(?:[cm]?[jt]s|py)$/, '');
  return name === '' ? 'server' : name;
}

// Neither an option, nor a verb of the runner, nor an assignment, nor program text given with -e or -c.
function isTarget(arg: string): boolean {
  return /^[\w@./\\:+~-]+$/.test(arg) && !arg.startsWith('-') && !['run', 'tool', 'exec', 'x'].includes(arg);
}

function baseName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}
