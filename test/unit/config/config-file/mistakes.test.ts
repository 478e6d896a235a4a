import { afterAll, describe, expect, test } from 'vitest';
import { readConfigFile } from '../../../../src/config/config-file/read-config-file.ts';
import { ConfigError, UsageError } from '../../../../src/errors.ts';
import { createConfigFolder, problemsFrom } from '../../../fixtures/config/config-text.ts';

const folder = createConfigFolder();
afterAll(() => folder.remove());

const example = '{"mcpServers":{"time":{"command":"uvx","args":["mcp-server-time"]}}}';
const serverExample = '{"command":"uvx","args":["mcp-server-time"]}';
const spaced = '{"mcpServers": {"time": {"command": "uvx", "args": ["mcp-server-time"]}}}';

describe('every mistake is told at once, in the order of the text, with its line and column (CONF-03)', () => {
  test.each<[string, string, readonly string[]]>([
    ['an empty file', '', [`1:1: the file is empty; write it as in ${spaced}`]],
    ['only comments', '// none\n/* yet */', [`1:1: the file is empty; write it as in ${spaced}`]],
    ['null', 'null', ['1:1: the file must be an object, not null; write it as in ' + example]],
    ['a list', '[]', ['1:1: the file must be an object, not a list; write it as in ' + example]],
    ['no servers', '{}', [`1:1: the file has neither 'mcpServers' nor 'servers'; write it as in ${example}`]],
    [
      'an empty object of servers',
      '{"mcpServers": {}}',
      [`1:2: 'mcpServers' is empty; write it as in {"time":${serverExample}}`],
    ],
    [
      'servers of both kinds',
      '{"mcpServers": {"a": {"command": "x"}}, "servers": {"b": {"command": "x"}}}',
      ["1:1: the file has both 'mcpServers' and 'servers'; keep one"],
    ],
    [
      'a misspelt key for servers',
      '{"mcpServer": {}}',
      ["1:2: unknown key 'mcpServer'; did you mean 'mcpServers'?"],
    ],
    [
      'servers at the top',
      '{"time": {"command": "uvx"}}',
      [
        `1:1: the file has neither 'mcpServers' nor 'servers'; write it as in ${example}`,
        "1:2: unknown key 'time'; remove it, or check how it is written",
      ],
    ],
    [
      'a server that is none',
      '{"mcpServers": {"a": "uvx"}}',
      [`1:22: server 'a' must be an object, not text; write it as in ${serverExample}`],
    ],
    [
      'neither command nor url',
      '{\n  "mcpServers": {\n    "a": {}\n  }\n}',
      [`3:5: server 'a' has neither 'command' nor 'url'; write it as in ${serverExample}`],
    ],
    [
      'command and url',
      '{"mcpServers": {"a": {"command": "x", "url": "http://localhost"}}}',
      ["1:17: server 'a' has both 'command' and 'url'; keep one"],
    ],
    [
      'misspelt keys',
      '{"mcpServers": {"a": {"comand": "x"}, "b": {"command": "x", "ARGS": [], "transport": "sse", "colour": 1}}}',
      [
        "1:23: server 'a': unknown key 'comand'; did you mean 'command'?",
        "1:61: server 'b': unknown key 'ARGS'; did you mean 'args'?",
        "1:73: server 'b': unknown key 'transport'; did you mean 'type'?",
        "1:93: server 'b': unknown key 'colour'; remove it, or check how it is written",
      ],
    ],
    [
      'keys that would be lost',
      '{"servers": {"a": {"command": "x", "enabled": false, "sandboxEnabled": true}}}',
      [
        "1:36: server 'a': unknown key 'enabled'; write \"disabled\": true to leave a server out",
        "1:54: server 'a': unknown key 'sandboxEnabled'; there is no sandbox here; remove it, and run the server in a container if it needs one",
      ],
    ],
    [
      'values of the wrong type',
      '{"mcpServers": {"a": {"command": ["x"], "args": "-y", "env": [], "cwd": 1, "required": "yes", "timeout": null}}}',
      [
        "1:34: server 'a': 'command' must be text, not a list; write it as in \"npx\"",
        `1:49: server 'a': 'args' must be a list, not text; write it as in ["-y","@modelcontextprotocol/server-memory"]`,
        `1:62: server 'a': 'env' must be an object, not a list; write it as in {"API_KEY":"\${MY_API_KEY}"}`,
        "1:73: server 'a': 'cwd' must be text, not a number",
        "1:88: server 'a': 'required' must be true or false, not text",
        "1:106: server 'a': 'timeout' must be a number or text, not null; write it as in 60",
      ],
    ],
    [
      'values inside of them',
      '{"mcpServers": {"a": {"command": "x", "args": ["-p", 80], "env": {"A": null, "B": []}, "session": {"key": "user", "max": 0.5}, "disabledTools": [1]}}}',
      [
        "1:54: server 'a': 'args[1]' must be text, not a number; write it as in \"--port\"",
        "1:72: server 'a': 'env.A' must be text or a number or true or false, not null",
        "1:83: server 'a': 'env.B' must be text or a number or true or false, not a list",
        "1:107: server 'a': 'session.key' must be 'credential', 'header:' and the name of a request header as in 'header:x-user-id', 'claim:' and the name of a claim as in 'claim:sub', or 'key:name'",
        "1:122: server 'a': 'session.max' must be a whole number, not 0.5",
        "1:122: server 'a': 'session.max' must be from 1 to 100000",
        "1:146: server 'a': 'disabledTools[0]' must be text, not a number",
      ],
    ],
    [
      'words that are none of a list',
      '{"mcpServers": {"a": {"url": "http://localhost", "type": "htp", "oauth": {"storage": "disk"}}, "b": {"url": "http://localhost", "type": 1}}}',
      [
        "1:58: server 'a': 'type' is 'htp', which is none of stdio, streamable-http, sse, http, streamable_http, streamablehttp, streamableHttp; did you mean 'http'?",
        "1:86: server 'a': 'oauth.storage' is 'disk', which is none of file, memory",
        "1:137: server 'b': 'type' must be text, not a number",
      ],
    ],
    [
      'empty texts and numbers out of range',
      '{"mcpServers": {"a": {"command": "", "timeout": 0}, "b": {"url": "", "oauth": {"callbackPort": 65536}}}}',
      [
        "1:34: server 'a': 'command' is empty; write it as in \"npx\"",
        "1:49: server 'a': 'timeout' must be more than 0",
        "1:66: server 'b': 'url' is empty; write it as in \"https://mcp.example.com/mcp\"",
        "1:96: server 'b': 'oauth.callbackPort' must be from 0 to 65535",
      ],
    ],
  ])('%s', (_what, text, problems) => expect(folder.problemsOf(text)).toEqual(problems));
});

describe('every mistake of JSON itself is told (CONF-03)', () => {
  test.each<[string, string, readonly string[]]>([
    ['a missing comma', '{\n  "a": 1\n  "b": 2\n}', ['3:3: a comma is missing here']],
    [
      'Python’s words, and a missing colon',
      '{"a": True, "b" 1}',
      [
        '1:7: this is no JSON; write text in double quotes, and true, false and null in lower case',
        '1:11: a value is missing here',
        '1:17: a colon is missing here',
      ],
    ],
    ['text that does not end', '{"a": "b\n}', ['1:7: the closing double quote is missing']],
    ['a comment that does not end', '{} /* …', ["1:4: the comment is not closed; write '*/'"]],
    [
      'a bad escape',
      String.raw`{"a": "C:\mcp"}`,
      [String.raw`1:7: there is no such escape; write '\\' for a backslash`],
    ],
    ['what follows the end', '{}\n{}', ['2:1: the file goes on after its end; remove the rest']],
    ['an object that does not end', '{"a": {', ["1:8: a closing '}' is missing here"]],
    ['a thousand levels', '['.repeat(1_000) + ']'.repeat(1_000), ['1:101: nested deeper than 100 levels']],
    ['a million levels', '['.repeat(1_000_000), ['1:1: nested deeper than 100 levels']],
  ])('%s', (_what, text, problems) => expect(folder.problemsOf(text)).toEqual(problems));
});

describe('every mistake of YAML itself is told, without a piece of the text (CONF-03)', () => {
  const indent =
    'the indentation does not fit; align the keys of an object, and indent what is inside of them';
  const open =
    'a [ or { before this is not closed; write the ] or } that is missing, or indent what is inside';
  test.each<[string, string, readonly string[]]>([
    ['an empty file', '# nothing\n', [`1:1: the file is empty; write it as in ${spaced}`]],
    ['a tab', 'a:\n\tb: c', ['2:1: a tab cannot indent; write spaces']],
    ['an indentation that fits nothing', 'a:\n  b: 1\n c: 2\n', [`3:1: ${indent}`]],
    ['a list that does not end', 'a: [1, 2\nb: 3', [`2:1: ${open}`]],
    [
      'a bad escape',
      String.raw`a: "C:\mcp"`,
      [String.raw`1:7: there is no such escape; write '\\' for a backslash, or use single quotes`],
    ],
    ['a reserved character', 'a: @secret', ['1:4: text cannot start with this character; put it in quotes']],
    [
      'a tag',
      'a: !secret b',
      ['1:4: tags such as !secret mean nothing here; remove it, or put the text in quotes'],
    ],
    ['an unknown anchor', 'a: *b', ["1:4: no anchor before this is called 'b'"]],
    [
      'two documents',
      'a: 1\n---\nb: 2',
      ['2:1: the file holds several documents; keep what is before the line ---'],
    ],
    ['a list as key', '? [a]\n: 1', ['1:3: a key must be text']],
    ['an alias that holds itself', 'a: &a [*a]', ['1:8: nested deeper than 100 levels']],
    [
      'aliases that multiply',
      `a0: &a0 [x, x]\n${Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]\n`).join('')}`,
      ['6:10: more than 100000 values'],
    ],
    [
      'a number that is none',
      'a: .nan',
      ['1:4: this value is neither text, nor a number, nor true or false'],
    ],
  ])('%s', (_what, text, problems) => {
    const path = folder.write('mcp.yaml', text);
    const found = problemsFrom(() => readConfigFile(path, { env: {} }));
    expect(found.map((problem) => problem.replace(`${path}:`, ''))).toEqual(problems);
  });
});

test('a key that is there twice is a mistake, in JSON and in YAML, at every level (CONF-04)', () => {
  const problems = folder.problemsOf(
    '{"mcpServers": {\n"a": {"command": "x", "env": {"A": 1, "A": 2}},\n"a": {"command": "x"}}}',
  );
  expect(problems).toEqual([
    "2:39: server 'a': 'A' is there twice, first in line 2; keep one",
    "3:1: 'a' is there twice, first in line 2; keep one",
  ]);
  const path = folder.write('mcp.yaml', 'servers:\n  a: { command: x }\n  a: { command: y }\n');
  expect(problemsFrom(() => readConfigFile(path, { env: {} }))).toEqual([
    `${path}:3:3: 'a' is there twice, first in line 2; keep one`,
  ]);
});

test('lines end in any way, and columns count as editors do (CONF-03)', () => {
  const text = '{"mcpServers":\r\n{"a":\r{"command": "😀", "x": 1},\n"b": {}}}';
  expect(folder.problemsOf(text).map((problem) => problem.replace(/: .*/, ''))).toEqual(['3:19', '4:1']);
});

test('the error is one of usage: the only problem is its message, several are counted (CONF-03)', () => {
  const one = folder.write('one.json', '{"mcpServers": {"a": {}}}');
  const two = folder.write('two.json', '{"mcpServers": {"a": {}, "b": {}}}');
  expect(() => readConfigFile(one, { env: {} })).toThrow(UsageError);
  expect(() => readConfigFile(one, { env: {} })).toThrow(ConfigError);
  expect(() => readConfigFile(one, { env: {} })).toThrow(`${one}:1:17: server 'a' has neither`);
  expect(() => readConfigFile(two, { env: {} })).toThrow(`2 mistakes in '${two}'`);
});

describe('a server’s name is part of its routes (CONF-06)', () => {
  const says =
    'cannot be the name of a server, which is in its routes; write one without / and \\, and none of docs, redoc, openapi.json, openapi.yaml, healthz, readyz, metrics, oauth';
  test.each([
    ['', "''"],
    ['docs', "'docs'"],
    ['redoc', "'redoc'"],
    ['openapi.json', "'openapi.json'"],
    ['openapi.yaml', "'openapi.yaml'"],
    ['healthz', "'healthz'"],
    ['readyz', "'readyz'"],
    ['metrics', "'metrics'"],
    ['oauth', "'oauth'"],
    ['.', "'.'"],
    ['..', "'..'"],
    ['a/b', "'a/b'"],
    ['a\\b', String.raw`'a\\b'`],
    ['a\nb', String.raw`'a\nb'`],
    ['a\u007fb', String.raw`'a\u007fb'`],
    ['a\ud800b', String.raw`'a\ud800b'`],
  ])('%j is refused', (name, quoted) => {
    expect(folder.problemsOf({ mcpServers: { [name]: { command: 'x' } } })).toEqual([
      `1:16: ${quoted} ${says}`,
    ]);
  });

  test.each(['Docs', 'my server', 'ü😀', 'a.b', '__proto__', 'constructor', 'a%2Fb', "it's", '{x}'])(
    '%j is taken',
    (name) => {
      const servers = folder.serversOf(`{"mcpServers": {${JSON.stringify(name)}: {"command": "x"}}}`);
      expect(servers.map((server) => server.name)).toEqual([name]);
    },
  );
});
