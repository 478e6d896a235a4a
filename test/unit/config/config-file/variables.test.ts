import { basename, sep } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { readConfigFile } from '../../../../src/config/config-file/read-config-file.ts';
import { createConfigFolder, problemsFrom } from '../../../fixtures/config/config-text.ts';

const folder = createConfigFolder();
afterAll(() => folder.remove());
const env = {
  HOME: '/home/ada',
  TOKEN: 'abc',
  EMPTY: '',
  TRICK: '${TOKEN}',
  HEADER: '${header:x-user-id}',
  KEY: 'k',
};

function argOf(text: string): string | undefined {
  const server = folder.serverOf({ command: 'x', args: [text] }, { env });
  return server?.type === 'stdio' ? server.args[0] : undefined;
}

describe('variables in any text become their values (CONF-08)', () => {
  folder.write('token', 'from file\n');
  folder.write('lines', 'one\r\ntwo\r\n');
  folder.write('none', '');
  test.each([
    ['${TOKEN}', 'abc'],
    ['a ${TOKEN} b ${TOKEN}', 'a abc b abc'],
    ['${EMPTY}', ''],
    ['${TOKEN:-other}', 'abc'],
    ['${UNSET:-other}', 'other'],
    ['${UNSET:-}', ''],
    ['${EMPTY:-other}', 'other'],
    ['${UNSET:-https://a:1/b:-c}', 'https://a:1/b:-c'],
    ['${env:TOKEN}', 'abc'],
    ['${env:UNSET:-other}', 'other'],
    ['${KEY:-none}', 'k'],
    ['${CLAIM:-none}', 'none'],
    ['${FILE:-none}', 'none'],
    ['${INPUT:-none}', 'none'],
    ['${key:-none}', 'none'],
    ['${header:-none}', 'none'],
    ['${file:token}', 'from file'],
    ['${file:lines}', 'one\r\ntwo'],
    ['${file:none}', ''],
    [`\${file:${folder.path}/token}`, 'from file'],
    ['${workspaceFolder}', folder.path],
    ['${workspaceFolderBasename}', basename(folder.path)],
    ['${userHome}', '/home/ada'],
    ['a${/}b${pathSeparator}', `a${sep}b${sep}`],
    ['$TOKEN $ {TOKEN} {TOKEN} $', '$TOKEN $ {TOKEN} {TOKEN} $'],
  ])('%j is %j', (text, value) => expect(argOf(text)).toBe(value));

  test('in every text of a server', () => {
    const texts = { A: '${TOKEN}' };
    expect(
      folder.serverOf({ command: '${TOKEN}', env: texts, cwd: '${TOKEN}', timeout: '${N:-5}s' }, { env }),
    ).toEqual({
      type: 'stdio',
      name: 's',
      callTimeoutMs: 5_000,
      command: 'abc',
      args: [],
      env: { A: 'abc' },
      cwd: `${folder.path}/abc`,
    });
    expect(
      folder.serverOf(
        {
          type: '${TYPE:-sse}',
          url: 'http://${TOKEN}',
          headers: texts,
          enabledTools: ['${TOKEN}'],
          oauth: {
            clientId: '${TOKEN}',
            storage: '${STORE:-memory}',
            clientMetadata: { a: [{ b: '${TOKEN}' }] },
          },
        },
        { env },
      ),
    ).toEqual({
      type: 'sse',
      name: 's',
      enabledTools: ['abc'],
      url: 'http://abc',
      headers: texts.A === undefined ? {} : { A: 'abc' },
      oauth: {
        client: { id: 'abc' },
        storage: 'memory',
        callback: { kind: 'loopback', port: 3030 },
        clientMetadata: { a: [{ b: 'abc' }] },
      },
    });
  });

  test.each([
    [
      '${UNSET}',
      "needs the environment variable 'UNSET', which is not set; set it, or write ${UNSET:-default}",
    ],
    [
      '${env:UNSET}',
      "needs the environment variable 'UNSET', which is not set; set it, or write ${UNSET:-default}",
    ],
    [
      '${toString}',
      "needs the environment variable 'toString', which is not set; set it, or write ${toString:-default}",
    ],
    ['${file:missing}', "needs the file 'missing' (ENOENT)"],
    ['${}', 'has ${…} around what is no variable’s name'],
    [
      '${clam:sub}',
      'has ${…:…} of a kind that there is not; write ${env:…}, ${file:…}, ${header:…}, ${claim:…} or ${key:name}',
    ],
    ['${1}', 'has ${…} around what is no variable’s name'],
    ['${a b}', 'has ${…} around what is no variable’s name'],
    ['${A:-${B}}', 'has ${…} around what is no variable’s name'],
    ['${arr[@]}', 'has ${…} around what is no variable’s name'],
    ['${TOKEN', 'has ${ without a closing }'],
  ])('%j is a mistake', (text, says) => {
    const advice = says.startsWith('has') ? '; write $${ for the characters ${ themselves' : '';
    expect(folder.serverProblemsOf({ command: 'x', args: [text] }, { env })).toEqual([
      `'args[0]' ${says.replace('’', "'")}${advice}`,
    ]);
  });

  test('all that are missing are told at once', () => {
    const problems = folder.serverProblemsOf({ command: '${A}', args: ['${B} ${C}'] });
    expect(problems.map((problem) => /variable '(\w)'/.exec(problem)?.[1])).toEqual(['A', 'B', 'C']);
  });
});

describe('$${ stands for ${ itself, and values are not looked through again (CONF-09)', () => {
  test.each([
    ['$${TOKEN}', '${TOKEN}'],
    ['$$${TOKEN}', '$${TOKEN}'],
    ['$${ ${TOKEN} $${', '${ abc ${'],
    ['${TOKEN}$${x}${TOKEN}', 'abc${x}abc'],
    ['${TRICK}', '${TOKEN}'],
    ['${UNSET:-$}{TOKEN}', '${TOKEN}'],
  ])('%j is %j', (text, value) => expect(argOf(text)).toBe(value));

  test('any text survives when its ${ are escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'A', ':', '-') }), (text) => {
        expect(argOf(text.replaceAll('${', () => '$${'))).toBe(text);
      }),
      { numRuns: 200 },
    );
  });
});

test('what asks a person names the variable to write instead (CONF-10)', () => {
  expect(folder.serverProblemsOf({ command: 'x', env: { KEY: '${input:api-key}' } })).toEqual([
    "'env.KEY' has '${input:api-key}', which asks a person; write ${API_KEY} and set that environment variable",
  ]);
});

describe('${header:…} stays for each session to fill in, and works nowhere else (CONF-11)', () => {
  const session = { key: 'header:x-user-id' };

  test.each(['${header:x-user-id}', '${header:X-User-Id:-nobody}', 'a ${header:a}${header:b}'])(
    '%j',
    (text) => {
      expect(folder.serverOf({ command: 'x', env: { A: text }, session })).toMatchObject({
        env: { A: text },
      });
      expect(folder.serverOf({ url: 'http://x', headers: { A: text }, session })).toMatchObject({
        headers: { A: text },
      });
    },
  );

  const refused = 'has ${header:…}, which works only in env and headers of a server with a session';
  test.each([
    [{ command: 'x', args: ['${header:a}'], session }, 'args[0]'],
    [{ command: 'x', env: { A: '${header:a}' } }, 'env.A'],
    [{ url: 'http://x/${header:a}', session }, 'url'],
    [{ url: 'http://x', headers: { A: '${header:a}' } }, 'headers.A'],
  ])('%j is refused', (server, path) => {
    expect(folder.serverProblemsOf(server)).toEqual([`'${path}' ${refused}`]);
  });

  test('a session with a mistake in it is the only mistake', () => {
    const server = { command: 'x', env: { A: '${header:a}' }, session: { key: 'user' } };
    expect(folder.serverProblemsOf(server)).toEqual([expect.stringContaining("'session.key' must be")]);
  });

  test('one without a name is a mistake', () => {
    expect(folder.serverProblemsOf({ command: 'x', env: { A: '${header:}' }, session })).toEqual([
      "'env.A' has ${header:…} without the name of a header",
    ]);
  });

  test('a value that only looks like one is never filled in', () => {
    folder.write('trick.env', 'A=${header:a}');
    const mixed =
      'holds ${header:…}, ${claim:…} or ${key:…} in a value or escaped, which cannot be told from one to fill in';
    for (const text of [
      '${header:a} ${HEADER}',
      '${HEADER}',
      '$${header:a}',
      '$${claim:a}',
      '$${key:name}',
    ]) {
      expect(folder.serverProblemsOf({ command: 'x', env: { A: text }, session }, { env })).toEqual([
        `'env.A' ${mixed}`,
      ]);
    }
    expect(folder.serverProblemsOf({ command: 'x', envFile: 'trick.env', session })).toEqual([
      "'envFile' holds ${header:…} or the like; write that in 'env'",
    ]);
    expect(folder.serverOf({ command: 'x', env: { A: '$${header:a}' } })).toMatchObject({
      env: { A: '${header:a}' },
    });
  });
});

describe('${claim:…} and ${key:name} stay for each session to fill in too (CONF-11)', () => {
  const session = { key: 'header:x-user' };
  const values = { A: '${claim:sub}', B: '${claim:https://a.b/c:-none}', C: '${key:name:-x}' };
  const headers = { A: 'Bearer ${claim:/a.b/c}' };

  test('where there is a session', () => {
    expect(folder.serverOf({ command: 'x', env: values, session })).toMatchObject({ env: values });
    expect(folder.serverOf({ url: 'http://x', headers, session })).toMatchObject({ headers });
  });

  test.each([
    [{ command: 'x', env: { A: '${claim:sub}' } }, /^'env.A' has \$\{claim:…\}, which works only in/],
    [{ command: 'x', args: ['${key:name}'], session }, /^'args\[0\]' has \$\{key:…\}, which works only in/],
    [
      { command: 'x', env: { A: '${claim:}' }, session },
      /without the name of a claim; write \$\{claim:sub\}/,
    ],
    [{ command: 'x', env: { A: '${key:hash}' }, session }, /keys do not have; write \$\{key:name\}/],
  ])('and %j is a mistake', (server, says) => {
    expect(folder.serverProblemsOf(server)).toEqual([expect.stringMatching(says)]);
  });

  test.each([
    [
      { command: 'x', env: { A: '${claim:sub}' }, session },
      /^'env.A' needs callers with claims; add --jwt-issuer/,
    ],
    [
      { command: 'x', session: { key: 'claim:sub' } },
      /^'session.key' needs callers with claims; add --jwt-issuer/,
    ],
    [
      { url: 'http://x', headers: { A: '${key:name}' }, session },
      /^'headers.A' .*; add --api-keys-file <file>$/,
    ],
    [
      { command: 'x', rateLimit: { limit: '1/s', by: 'claim:sub' } },
      /^'rateLimit.by' needs callers with claims/,
    ],
    [{ command: 'x', session: { key: 'key:name' } }, /^'session.key' .*; add --api-keys-file <file>$/],
  ])('and nobody to fill them in makes %j a mistake that says what to add', (server, says) => {
    const callers = { haveClaims: false, haveKeyNames: false };
    expect(folder.serverProblemsOf(server, { callers })).toEqual([expect.stringMatching(says)]);
    expect(folder.serverProblemsOf(server, { callers: { haveClaims: true, haveKeyNames: true } })).toEqual(
      [],
    );
  });
});

describe('messages hold no value of env, headers or URLs, nor of a variable (CONF-05)', () => {
  const secret = 's3cr3t';
  test.each<[string, object]>([
    ['env of the wrong type', { command: 'x', env: { A: [secret] } }],
    ['env that is text', { command: 'x', env: `A=${secret}` }],
    ['a name in env', { command: 'x', env: { [`A=${secret}`]: '1' } }],
    ['a broken variable', { command: 'x', env: { A: `\${${secret} ${secret}}` } }],
    ['a NUL in a value', { command: 'x', env: { A: `${secret}\0` } }],
    ['a line break in a header', { url: 'http://x', headers: { A: `${secret}\n` } }],
    ['headers that are text', { url: 'http://x', headers: secret }],
    ['credentials in a URL', { url: `http://user:${secret}@x/` }],
    ['a query of a URL that is none', { url: `x?token=${secret}` }],
    ['a URL of another kind', { url: `ftp://x/?token=${secret}` }],
    ['a type from a variable', { url: 'http://x', type: '${S}' }],
    ['a duration from a variable', { command: 'x', timeout: '${S}' }],
    ['a session key from a variable', { command: 'x', session: { key: '${S}' } }],
    ['a storage from a variable', { url: 'http://x', oauth: { storage: '${S}' } }],
    ['a URL from a variable', { url: '${S}' }],
    ['a public URL from a variable', { url: 'http://x', oauth: { publicUrl: '${S}' } }],
    ['a client secret alone', { url: 'http://x', oauth: { clientSecret: secret } }],
    ['arguments that are text', { command: 'x', args: `--token=${secret}` }],
  ])('%s', (_what, server) => {
    const problems = folder.serverProblemsOf(server, { env: { S: secret } });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join('\n')).not.toContain(secret);
  });

  test.each(['json', 'yaml'])('mistakes of syntax in %s', (extension) => {
    for (const text of [
      `{"a": "${secret}`,
      `{"a": ${secret}}}`,
      `a: b\n ${secret}: [`,
      `- ${secret}\nb: ${secret}`,
      `a: "${secret}\\q"`,
    ]) {
      const path = folder.write(`mcp.${extension}`, text);
      expect(problemsFrom(() => readConfigFile(path, { env: {} })).join('\n')).not.toContain(secret);
    }
  });
});
