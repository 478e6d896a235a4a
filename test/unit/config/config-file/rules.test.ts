import { afterAll, describe, expect, test } from 'vitest';
import { readConfigFile } from '../../../../src/config/config-file/read-config-file.ts';
import { readRulesFile } from '../../../../src/config/config-file/read-rules-file.ts';
import { createConfigFolder, problemsFrom } from '../../../fixtures/config/config-text.ts';

const folder = createConfigFolder();
afterAll(() => folder.remove());

const nobody = { scopes: [], keys: [], sharedKey: false, everyone: false };
const server = { time: { command: 'mcpo-time-server' } };
const withRules = (rules: unknown): string =>
  `{"mcpServers": ${JSON.stringify(server)},\n"authorization": ${JSON.stringify(rules)}}`;
/** Without the line, which is the second. */
const mistakesIn = (rules: unknown, options = {}): readonly string[] =>
  folder.problemsOf(withRules(rules), options).map((problem) => problem.replace(/^2:\d+: /, ''));

describe('the rules of a configuration', () => {
  test('are read, whichever way keys are written, with variables (CONF-24)', () => {
    const rules = [
      { scopes: ['${SCOPE}', 'b'], keys: ['alice'], allow: ['time/*'] },
      { shared_key: true, everyone: false, allow: ['time'], '//': 'everybody here' },
    ];
    const path = folder.write('mcp.json', withRules(rules));
    expect(readConfigFile(path, { env: { SCOPE: 'files:read' } }).authorization).toEqual([
      { ...nobody, scopes: ['files:read', 'b'], keys: ['alice'], allow: ['time/*'] },
      { ...nobody, sharedKey: true, allow: ['time'] },
    ]);
    const without = folder.write('mcp.json', JSON.stringify({ mcpServers: server }));
    expect(readConfigFile(without, { env: {} })).not.toHaveProperty('authorization');
  });

  test.each([
    [[], "'authorization' is empty; write it as in"],
    [{}, "'authorization' must be a list, not an object"],
    [
      [{ allow: ['time'] }],
      "'authorization[0]' has none of 'scopes', 'keys', 'sharedKey', 'everyone'; write it as in",
    ],
    [[{ everyone: false, allow: ['time'] }], "'authorization[0]' is about nobody; write true"],
    [[{ keys: ['a'] }], "'authorization[0]' needs 'allow'"],
    [[{ keys: ['a'], allow: [] }], "'authorization[0].allow' is empty"],
    [[{ keys: [], allow: ['time'] }], "'authorization[0].keys' is empty"],
    [[{ keys: ['a'], allow: [''] }], "'authorization[0].allow[0]' is empty"],
    [[{ key: ['a'], allow: ['time'] }], "unknown key 'key'; did you mean 'keys'?"],
    [
      [{ keys: ['a'], alow: ['time'] }],
      "'authorization[0]' needs 'allow'",
      "unknown key 'alow'; did you mean 'allow'?",
    ],
    [[{ keys: ['not a name'], allow: ['time'] }], "'authorization[0].keys[0]' is no name of a key"],
    [[{ scopes: ['two words'], allow: ['time'] }], "'authorization[0].scopes[0]' is no scope"],
    [[{ scopes: 'one', allow: ['time'] }], "'authorization[0].scopes' must be a list, not text"],
    [[{ sharedKey: 'yes', allow: ['time'] }], "'authorization[0].sharedKey' must be true or false, not text"],
  ])('%j are refused, with what to write instead (CONF-24, CONF-03)', (rules, ...says) => {
    const mistakes = mistakesIn(rules);
    expect(mistakes).toHaveLength(says.length);
    for (const [at, text] of says.entries()) expect(mistakes[at]).toContain(text);
  });

  test('are not taken from variables that hold something else, whose values are not repeated (CONF-24, CONF-05)', () => {
    const rules = [{ scopes: ['${TWO}'], keys: ['${TWO}'], allow: ['time'] }];
    expect(mistakesIn(rules, { env: { TWO: 'a"\r\nset-cookie: b' } })).toEqual([
      "'authorization[0].scopes[0]' comes from a variable that is not a scope",
      "'authorization[0].keys[0]' comes from a variable that is not the name of a key",
    ]);
  });

  test('are refused where there cannot be any, at their key (CONF-24)', () => {
    const rules = [{ everyone: true, allow: ['*'] }];
    expect(folder.problemsOf(withRules(rules), { noRules: 'is not possible; leave it out' })).toEqual([
      "2:1: 'authorization' is not possible; leave it out",
    ]);
  });

  test.each([
    ['"authorisation": []', "unknown key 'authorisation'; did you mean 'authorization'?"],
    ['"authorization": null', "'authorization' must be a list, not null"],
    ['"authorization": [{"keys": ["a"], "alow": ["b"], "allow": ["b"]}]', "unknown key 'alow'"],
  ])('are not passed over as mcpo passes over what it does not know: %s (CONF-24)', (member, says) => {
    const config = `{"mcpServers": {"s": {"command": "x"}}, ${member}}`;
    const problems = folder.problemsOf(config, { profile: 'mcpo' });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(says);
  });
});

describe('a file of rules', () => {
  test('holds the list by itself, as JSON with comments or as YAML (CONF-24)', () => {
    const expected = [{ ...nobody, keys: ['alice'], allow: ['read_*'] }];
    const json = folder.write('rules.json', '// who\n[{ "keys": ["alice"], "allow": ["read_*"], }]');
    const yaml = folder.write('rules.yaml', '- keys: [alice]\n  allow: [read_*]\n');
    for (const path of [json, yaml]) {
      const { rules, files } = readRulesFile(path, {});
      expect(rules).toEqual(expected);
      expect([...files.keys()]).toEqual([path]);
    }
  });

  test.each([
    ['', ':1:1: the file is empty; write it as in'],
    ['{}', ':1:1: the file must be a list, not an object'],
    ['[]', ':1:1: the list is empty; write it as in'],
    ['[{"keys": ["a"],\n "alow": ["b"], "allow": ["b"]}]', ":2:2: unknown key 'alow'; did you mean 'allow'?"],
    ['[{"keys": ["a"], "keys": ["b"], "allow": ["b"]}]', ":1:18: 'keys' is there twice"],
    ['[', ':1:2: '],
  ])('with %j in it is refused, with the place (CONF-24)', (text, says) => {
    const path = folder.write('wrong.json', text);
    const [problem] = problemsFrom(() => readRulesFile(path, {}));
    expect(problem).toContain(`${path}${says}`);
  });

  test.each([
    [
      '- allow: [*]\n  everyone: true\n',
      ':1:11: text that begins with * or & needs quotes; write "*" for any text',
    ],
    ['- everyone: true\n  allow: [\n', ':3:1: a [ or { before this is not closed'],
  ])('in YAML with %j in it is refused, with what to write (CONF-24)', (text, says) => {
    const path = folder.write('wrong.yaml', text);
    const [problem] = problemsFrom(() => readRulesFile(path, {}));
    expect(problem).toContain(`${path}${says}`);
  });

  test('that is not there is said to be (CONF-24)', () => {
    expect(problemsFrom(() => readRulesFile('/nowhere/rules.json', {}))).toEqual([
      "cannot read the rules '/nowhere/rules.json' (ENOENT)",
    ]);
  });
});
