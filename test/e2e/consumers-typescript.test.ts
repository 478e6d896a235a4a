import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentOperations } from '../consumers/document-operations.ts';
import { collectDocuments } from '../consumers/documents.ts';
import { consumersAbsence, createWorkspace, runProgram, type Workspace } from '../consumers/workspace.ts';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';

const page = readFileSync(join(import.meta.dirname, '../consumers/README.md'), 'utf8');
const [fetchProgram = '', heyProgram = ''] = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(
  ([, code = '']) => code,
);

const said = {
  difference: '-3.25h',
  hasDay: true,
  isDst: false,
  status: 422,
  code: 'invalid_arguments',
  violations: [{ pointer: '/timezone', keyword: 'type' }],
};

const compilerOptions = {
  strict: true,
  target: 'es2022',
  lib: ['es2023', 'dom', 'dom.iterable'],
  types: ['node'],
  module: 'nodenext',
  skipLibCheck: false,
  rootDir: '.',
  outDir: 'out',
};

interface Generated {
  readonly workspace: Workspace;
  readonly gateway: GatewayProcess;
  readonly documents: ReadonlyMap<string, string>;
}

const absence = isBuilt ? consumersAbsence : 'there is no build to start: `npm run build`';
let generated: Generated | undefined;

beforeAll(async () => {
  if (absence === undefined) generated = await generate();
}, 120_000);

afterAll(async () => {
  await generated?.gateway.stop();
  generated?.workspace.remove();
});

test('what is generated for every document compiles under strict, and the example requests fit it', async (context) => {
  const { workspace, documents } = generated ?? context.skip(absence);
  const { code, stdout } = await workspace.attempt('tsc', ['--project', 'tsconfig.json']);
  expect({ code, errors: stdout.split('\n').slice(0, 10).join('\n') }).toEqual({ code: 0, errors: '' });
  const operations = [...documents.values()].flatMap(documentOperations);
  const examples = operations.filter(({ example }) => example !== undefined);
  expect(examples.length).toBe(operations.length);
  await context.annotate(`${documents.size} documents, ${examples.length} example requests`);
}, 120_000);

test('each line that must not compile is an error, and nothing else is', async (context) => {
  const { workspace } = generated ?? context.skip(absence);
  const programs = { fetch: fetchProgram, hey: heyProgram };
  for (const [name, code] of Object.entries(programs)) {
    workspace.write(`${name}-unexpected.ts`, code.replaceAll('@ts-expect-error', ''));
  }
  workspace.write(
    'unexpected.json',
    JSON.stringify({ compilerOptions: { ...compilerOptions, noEmit: true }, include: ['*-unexpected.ts'] }),
  );
  const { stdout } = await workspace.attempt('tsc', ['--project', 'unexpected.json']);
  for (const [name, code] of Object.entries(programs)) {
    const errors = stdout.split('\n').filter((line) => line.startsWith(`${name}-unexpected.ts(`));
    expect(errors).toHaveLength(code.split('@ts-expect-error').length - 1);
    expect(errors.length).toBeGreaterThan(4);
  }
}, 120_000);

test.for(['fetch', 'hey'])('the program %s calls the gateway', async (program, context) => {
  const { workspace, gateway } = generated ?? context.skip(absence);
  const { code, stdout, stderr } = await runProgram(process.execPath, [`out/${program}.js`, gateway.url], {
    cwd: workspace.folder,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual(said);
});

async function generate(): Promise<Generated> {
  const [collected, gateway] = await Promise.all([collectDocuments(), startGateway(undefined)]);
  const served = await (await fetch(`${gateway.url}/openapi.json`)).text();
  const documents = new Map([...collected, ['time', served]]);
  const workspace = createWorkspace();
  for (const [name, text] of documents) {
    workspace.write(`${name}.json`, text);
    workspace.write(`examples/${name}.ts`, toExampleProgram(name, text));
  }
  workspace.write('package.json', '{"type":"module"}');
  workspace.write('fetch.ts', fetchProgram);
  workspace.write('hey.ts', heyProgram);
  workspace.write('redocly.yaml', toTypesConfig(documents.keys()));
  workspace.write('openapi-ts.config.mjs', toClientsConfig(documents.keys()));
  const include = ['fetch.ts', 'hey.ts', 'examples', 'types', 'clients'];
  workspace.write('tsconfig.json', JSON.stringify({ compilerOptions, include }));
  await Promise.all([
    workspace.run('openapi-typescript', ['--redocly', 'redocly.yaml']),
    workspace.run('openapi-ts', ['--file', 'openapi-ts.config.mjs', '--no-log-file', '--silent']),
  ]);
  return { workspace, gateway, documents };
}

/** Every example request, as a value of the type that is generated for it. */
function toExampleProgram(name: string, text: string): string {
  const values = documentOperations(text)
    .filter(({ example }) => example !== undefined)
    .map(({ operationId, example }, index) => {
      const type = `Arguments<${JSON.stringify(operationId)}>`;
      return `export const example${index}: ${type} = ${JSON.stringify(example)};`;
    });
  return [
    `import type { operations } from '../types/${name}.js';`,
    `type Arguments<Id extends keyof operations> = operations[Id] extends`,
    `  { requestBody?: { content: { 'application/json': infer Body } } } ? Body : never;`,
    ...values,
  ].join('\n');
}

/** openapi-typescript generates for several documents when this lists them. */
function toTypesConfig(names: Iterable<string>): string {
  const apis = [...names].map((name) => [
    name,
    { root: `./${name}.json`, 'x-openapi-ts': { output: `./types/${name}.d.ts` } },
  ]);
  return JSON.stringify({ apis: Object.fromEntries(apis) as object });
}

/** As openapi-ts writes it without options, but for the extensions that Node wants in imports. */
function toClientsConfig(names: Iterable<string>): string {
  const jobs = [...names].map((name) => ({
    input: `./${name}.json`,
    output: { path: `./clients/${name}`, module: { extension: '.js' } },
  }));
  return `export default ${JSON.stringify(jobs)};`;
}
