import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consumersAbsence, createWorkspace, runProgram } from '../consumers/workspace.ts';
import { isBuilt, startGateway, within, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { withCodeSamples } from '../../src/docs/samples/with-code-samples.ts';
import type { JsonObject } from '../../src/json/value.ts';

const key = `k'e"y`;
const replayServer = join(import.meta.dirname, '../fixtures/upstreams/replay-server.mjs');
const odd = `it's "odd" \\ $HOME \`id\` !\n\r\t\0\u2028\u202e é💡 </script><!-- %41 @ \${x} #{y}`;
const oddArguments: JsonObject = {
  [odd]: odd,
  ["it's"]: [[], {}, null, true, false, '', 0, -1.5e-7, 1e21, 9007199254740992],
  nested: { deep: { [odd]: [odd] } },
};
/** The tool's name → the arguments that its sample shows. */
const calls: ReadonlyMap<string, JsonObject> = new Map([
  ['plain', { message: 'hello' }],
  ['none', {}],
  ["it's größe 💡 [1-9] {a,b}", oddArguments],
  ['50%', { rate: 0.5 }],
  ['a/b', oddArguments],
]);

interface Operation {
  readonly 'x-mcp-tool': string;
  readonly requestBody: { readonly content: { readonly 'application/json': { example?: JsonObject } } };
}

interface Examples {
  readonly paths: Readonly<Record<string, { readonly post: Operation }>>;
}

interface Shown {
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly post: {
          readonly 'x-mcp-tool': string;
          readonly 'x-codeSamples': readonly { readonly label: string; readonly source: string }[];
        };
      }
    >
  >;
}

let folder: string;
let recording: string;
let gateway: GatewayProcess;
let document: JsonObject & Examples;
/** By label, then by the tool's name. */
const samples = new Map<string, Map<string, string>>();

beforeAll(async () => {
  if (!isBuilt) return;
  folder = mkdtempSync(join(tmpdir(), 'mcpo-samples-'));
  recording = join(folder, 'tools.json');
  const tools = [...calls.keys()].map((name) => ({
    name,
    inputSchema: { type: 'object', additionalProperties: true },
  }));
  writeFileSync(recording, JSON.stringify({ serverInfo: { name: 'odd', version: '1' }, tools }));
  gateway = await startGateway([process.execPath, replayServer, recording], { flags: ['--api-key', key] });
  const response = await fetch(`${gateway.url}/openapi.json`, {
    headers: { authorization: `Bearer ${key}` },
  });
  // As the gateway serves it, with the examples that are wanted here.
  document = (await response.json()) as JsonObject & Examples;
  for (const { post } of Object.values(document.paths))
    post.requestBody.content['application/json'].example = calls.get(post['x-mcp-tool']) ?? {};
  // Of this shape, as the unit tests show.
  const { paths } = withCodeSamples(document, { gatewayUrl: gateway.url }) as unknown as Shown;
  for (const { post } of Object.values(paths)) {
    for (const { label, source } of post['x-codeSamples']) {
      const byTool = samples.get(label) ?? new Map<string, string>();
      samples.set(label, byTool.set(post['x-mcp-tool'], source));
    }
  }
}, 60_000);

afterAll(async () => {
  if (!isBuilt) return;
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!isBuilt)('each sample, run as it stands against a gateway with a key,', () => {
  test.for([...calls])('makes the call with curl: %s', async ([name, args], { skip }) => {
    if (spawnSync('curl', ['--version']).status !== 0) skip('there is no curl');
    expect(toCall(await run('bash', ['-c', sample('curl', name)]))).toEqual([name, args]);
  });

  test.for([...calls])('makes the call with fetch: %s', async ([name, args]) => {
    const program = sample('JavaScript', name).replace(
      'console.log(result)',
      'console.log(JSON.stringify(result))',
    );
    const file = join(folder, 'call.mjs');
    writeFileSync(file, program);
    expect(toCall(await run(process.execPath, [file]))).toEqual([name, args]);
  });

  test.for([...calls])('makes the call with Python: %s', async ([name, args], { skip }) => {
    if (spawnSync('python3', ['-c', 'import requests']).status !== 0) skip('python3 has no requests');
    const file = join(folder, 'call.py');
    writeFileSync(file, sample('Python', name).replace('print(response.json())', 'print(response.text)'));
    expect(toCall(await run('python3', [file]))).toEqual([name, args]);
  });

  test('makes the call with a typed client, and compiles under strict', async ({ skip }) => {
    if (consumersAbsence !== undefined) skip(consumersAbsence);
    const workspace = createWorkspace();
    try {
      // openapi-typescript 7.13 decodes a path twice, and ends where that leaves a percent sign.
      const names = [...calls.keys()].filter((name) => !name.includes('%'));
      const { paths, ...rest } = document;
      const known = Object.entries(paths).filter(([path]) => !path.includes('%25'));
      workspace.write('package.json', '{"type":"module"}');
      workspace.write('openapi.json', JSON.stringify({ ...rest, paths: Object.fromEntries(known) }));
      for (const [index, name] of names.entries()) {
        const program = sample('openapi-fetch', name).replace(
          'console.log(data)',
          'console.log(JSON.stringify(data))',
        );
        workspace.write(`call-${index}.ts`, program);
      }
      const compilerOptions = {
        strict: true,
        target: 'es2022',
        module: 'nodenext',
        types: ['node'],
        outDir: 'out',
      };
      workspace.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['call-*.ts'] }));
      await workspace.run('openapi-typescript', ['openapi.json', '--output', 'openapi.d.ts']);
      await workspace.run('tsc', ['--project', 'tsconfig.json']);
      for (const [index, name] of names.entries()) {
        const said = await run(process.execPath, [join(workspace.folder, 'out', `call-${index}.js`)]);
        expect(toCall(said)).toEqual([name, calls.get(name)]);
      }
    } finally {
      workspace.remove();
    }
  }, 120_000);

  test.for([...calls])('makes the call as a message to the server itself: %s', async ([name, args]) => {
    const server = spawn(process.execPath, [replayServer, recording], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      // A line is a message on stdio: what is a line break in the sample is white space.
      server.stdin.write(
        `${sample('MCP', name)
          .replaceAll('\n', ' ')
          .replace('"arguments": ', '"arguments":')
          .replace(/\s*\}\s*\}$/, '}}')}\n`,
      );
      const [line] = (await within(
        20_000,
        once(createInterface({ input: server.stdout }), 'line'),
        () => name,
      )) as [string];
      const answer = JSON.parse(line) as { readonly result: { readonly structuredContent: unknown } };
      expect(toCall(JSON.stringify(answer.result.structuredContent))).toEqual([name, args]);
    } finally {
      server.kill();
    }
  });
});

function sample(label: string, name: string): string {
  const source = samples.get(label)?.get(name);
  if (source === undefined) throw new Error(`there is no sample ${label} of ${name}`);
  return source;
}

async function run(command: string, args: readonly string[]): Promise<string> {
  process.env['MCPO_API_KEY'] = key;
  try {
    const { code, stdout, stderr } = await runProgram(command, args, { cwd: folder });
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr}`);
    return stdout;
  } finally {
    delete process.env['MCPO_API_KEY'];
  }
}

/** The replay server answers with the name that was called, and the text of the arguments. */
function toCall(answer: string): readonly [string, unknown] {
  const said = JSON.parse(answer) as { readonly name: string; readonly arguments: string };
  return [said.name, JSON.parse(said.arguments)];
}
