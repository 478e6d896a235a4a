import { afterAll, describe, expect, test } from 'vitest';
import { readConfigFile, type ConfigFile } from '../../../../src/config/config-file/read-config-file.ts';
import { createConfigFolder, problemsFrom } from '../../../fixtures/config/config-text.ts';

const folder = createConfigFolder();
afterAll(() => folder.remove());

function read(text: string, name = 'mcp.json'): ConfigFile & { readonly told: readonly string[] } {
  const path = folder.write(name, text);
  const file = readConfigFile(path, { env: { SET: 'value' }, profile: 'mcpo' });
  return { ...file, told: file.warnings.map((warning) => warning.replace(`${path}:`, '')) };
}

describe('in the place of mcpo, what it passes over is passed over with a warning (COMPAT-15)', () => {
  test.each<[string, string, object, readonly string[]]>([
    [
      'keys that are not known',
      '{"mcpServer": {}, "mcpServers": {"a": {"command": "x", "transport": "stdio", "session": {"key": "credential", "mx": 1}}}}',
      { command: 'x', session: { max: 50 } },
      [
        "1:2: unknown key 'mcpServer'; did you mean 'mcpServers'? (ignored)",
        "1:56: server 'a': unknown key 'transport'; did you mean 'type'? (ignored)",
        "1:111: server 'a': unknown key 'mx' in 'session'; did you mean 'max'? (ignored)",
      ],
    ],
    [
      'nulls',
      '{"mcpServers": {"a": {"command": "x", "headers": null, "url": null, "timeout": null, "env": {"A": null, "B": "1"}, "description": null}}}',
      { command: 'x', env: { B: '1' } },
      [
        "1:50: server 'a': 'headers' is null (ignored)",
        "1:63: server 'a': 'url' is null (ignored)",
        "1:80: server 'a': 'timeout' is null (ignored)",
        "1:99: server 'a': 'env.A' is null (ignored)",
      ],
    ],
    [
      'keys written twice',
      '{"mcpServers": {"a": {"command": "y"}, "a": {"command": "x", "env": {"A": "1", "A": "2"}}}}',
      { command: 'x', env: { A: '2' } },
      [
        "1:40: 'a' is there twice, first in line 1; keep one (the last one wins)",
        "1:80: server 'a': 'A' is there twice, first in line 1; keep one (the last one wins)",
      ],
    ],
    [
      'both spellings',
      '{"mcpServers": {"a": {"command": "x", "disabled_tools": ["s"], "disabledTools": ["c"]}}}',
      { disabledTools: ['c'] },
      [
        "1:39: server 'a': 'disabled_tools' says the same as 'disabledTools'; keep one ('disabledTools' wins)",
      ],
    ],
    [
      'what belongs to the other kind of server',
      '{"mcpServers": {"a": {"command": "x", "oauth": {"server_url": "http://localhost"}, "type": "sse", "url": "http://localhost"}}}',
      { type: 'stdio', command: 'x' },
      [
        "1:39: server 'a': 'oauth' belongs to a server with a 'url' (ignored)",
        "1:84: server 'a': 'type' and 'command' exclude each other ('command' wins)",
        "1:99: server 'a': 'url' and 'command' exclude each other ('command' wins)",
      ],
    ],
    [
      'a type that is none',
      '{"mcpServers": {"a": {"command": "x", "type": "local"}}}',
      { type: 'stdio', command: 'x' },
      ["1:39: server 'a': 'type' and 'command' exclude each other ('command' wins)"],
    ],
    [
      'a program’s keys at a server elsewhere',
      '{"mcpServers": {"a": {"url": "http://localhost", "env": {"A": "${NONE}"}}}}',
      { url: 'http://localhost' },
      ["1:50: server 'a': 'env' belongs to a server with a 'command' (ignored)"],
    ],
    [
      'variables that are not there',
      '{"mcpServers": {"a": {"command": "x", "env": {"A": "${NONE}/${SET}", "B": "${open", "C": "${input:key}", "D": "${header:x-user}"}}}}',
      { env: { A: '${NONE}/value', B: '${open', C: '${input:key}', D: '${header:x-user}' } },
      [
        "1:52: server 'a': 'env.A' needs the environment variable 'NONE', which is not set; set it, or write ${NONE:-default} (kept as it is written)",
        "1:75: server 'a': 'env.B' has ${ without a closing }; write $${ for the characters ${ themselves (kept as it is written)",
        "1:90: server 'a': 'env.C' has '${input:key}', which asks a person; write ${KEY} and set that environment variable (kept as it is written)",
        "1:111: server 'a': 'env.D' has ${header:…}, which works only in env and headers of a server with a session (kept as it is written)",
      ],
    ],
    [
      'a second list of servers',
      '{"servers": {"b": {"command": "y"}}, "mcpServers": {"a": {"command": "x"}}}',
      { command: 'x' },
      ["1:2: 'servers' and 'mcpServers' exclude each other ('mcpServers' wins)"],
    ],
  ])('%s', (_what, text, server, told) => {
    const { servers, told: warnings } = read(text);
    expect(servers).toMatchObject([{ name: 'a', ...server }]);
    expect(warnings).toEqual(told);
  });

  test('in YAML too', () => {
    const { servers, told } = read(
      'mcpServers:\n  a:\n    command: x\n    headers:\n    colour: 1\n',
      'mcp.yaml',
    );
    expect(servers).toMatchObject([{ command: 'x' }]);
    expect(told).toEqual([
      "4:13: server 'a': 'headers' is null (ignored)",
      "5:5: server 'a': unknown key 'colour'; remove it, or check how it is written (ignored)",
    ]);
  });

  test('without an oddity there is nothing to tell', () => {
    expect(
      read('{"mcpServers": {"a": {"command": "x", "headers": {}, "_comment": null, "x-y": 1}}}').told,
    ).toEqual([]);
  });
});

test.each<[string, string, string]>([
  ['neither command nor url', '{"mcpServers": {"a": {"comand": "x"}}}', "has neither 'command' nor 'url'"],
  ['a reserved name', '{"mcpServers": {"docs": {"command": "x"}}}', "'docs' cannot be the name"],
  ['no servers that are left', '{"mcpServers": {"a": null}}', "'mcpServers' is empty"],
  ['nothing', 'null', 'must be an object'],
])(
  'a configuration with %s cannot be served in the place of mcpo either (COMPAT-36)',
  (_what, text, problem) => {
    expect(problemsFrom(() => read(text))).toEqual([expect.stringContaining(problem)]);
  },
);

test('in the place of mcpo, a value that looks like a caller’s header is refused all the same (CONF-11)', () => {
  const text =
    '{"mcpServers": {"a": {"command": "x", "env": {"A": "${NONE} $${header:x}"}, "session": {"key": "credential"}}}}';
  expect(problemsFrom(() => read(text))).toEqual([expect.stringContaining('in a value or escaped')]);
});
