import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  readConfigFile,
  type ConfigFile,
  type ConfigFileOptions,
} from '../../../../src/config/config-file/read-config-file.ts';
import { createConfigFolder, problemsFrom } from '../../../fixtures/config/config-text.ts';

const folder = createConfigFolder();
afterAll(() => folder.remove());

function read(servers: object, options: Partial<ConfigFileOptions>): ConfigFile {
  const path = folder.write('mcp.json', JSON.stringify({ mcpServers: servers }));
  return readConfigFile(path, { env: {}, ...options });
}

const tool = { command: 'x', env: { KEY: '${TOKEN}-${FROM_FILE:-none}' } };

describe('--env and --env-path', () => {
  test('are variables of the configuration, the line before the file, and reach no other server (CONF-22)', () => {
    const envPath = folder.write('one.env', 'TOKEN=file\nFROM_FILE=${OURS}/x');
    const variables = { assignments: { TOKEN: 'line' }, envPath };
    const { servers, warnings, files } = read(
      { a: tool, b: { command: 'y' } },
      { env: { OURS: 'process', TOKEN: 'process' }, variables },
    );
    expect(servers).toMatchObject([{ env: { KEY: 'line-process/x' } }, { env: {} }]);
    expect(servers[0]).not.toHaveProperty('env.TOKEN');
    expect(warnings).toEqual([]);
    // A change of it is a change of the configuration.
    expect([...files.keys()]).toContain(envPath);
  });

  test('that no server gets are warned of by name (CONF-22)', () => {
    const variables = { assignments: { TOKEN: 's3cret', A: 's3cret', B: 's3cret' } };
    expect(read({ a: tool }, { variables }).warnings).toEqual([
      `${join(folder.path, 'mcp.json')}: 'A', 'B' of --env or --env-path reaches no server; write "env": {"A": "\${A}"} at a server that needs it`,
    ]);
  });

  test('a line of the file that cannot be read is told with the other mistakes (CONF-03, CONF-22)', () => {
    const envPath = folder.write('bad.env', 'A=1\nBAD LINE');
    const variables = { assignments: {}, envPath };
    expect(problemsFrom(() => read({ a: { command: 'x', cwd: 1 } }, { variables }))).toEqual([
      `${envPath}:2: this is no KEY=value; mend it, or write # before a comment`,
      expect.stringContaining("'cwd' must be text"),
    ]);
    expect(problemsFrom(() => read({ a: { command: 'x' } }, { variables }))).toHaveLength(1);
  });

  test('in the place of mcpo, every program gets them below its own (COMPAT-14)', () => {
    const envPath = folder.write('two.env', 'KEY=file\nTOKEN=file\nOURS=file\nBAD LINE');
    const variables = { assignments: { LINE: '1' }, envPath };
    const { servers, warnings } = read(
      { a: tool, b: { command: 'y' }, c: { url: 'http://localhost', headers: { A: '${TOKEN}' } } },
      { env: { OURS: 'process' }, variables, profile: 'mcpo' },
    );
    expect(servers).toMatchObject([
      { env: { KEY: 'file-none', TOKEN: 'file', LINE: '1' } },
      { env: { KEY: 'file', TOKEN: 'file', LINE: '1' } },
      { headers: { A: 'file' } },
    ]);
    expect(servers[1]).not.toHaveProperty('env.OURS');
    expect(warnings).toEqual([
      `${envPath}:4: this is no KEY=value; mend it, or write # before a comment (ignored)`,
    ]);
  });

  test('hold nothing that callers could fill in (CONF-11)', () => {
    const variables = { assignments: { A: '${header:x-user}' } };
    const server = { command: 'x', session: { key: 'credential' } };
    const problems = problemsFrom(() => read({ a: server }, { variables, profile: 'mcpo' }));
    expect(problems).toEqual([expect.stringContaining('no variable of --env or --env-path may hold')]);
  });
});
