#!/usr/bin/env node
// What a page loads beside its HTML, as it is and compressed (gzip -9), in bytes. Needs a fresh dist/.
// Exit code 1 when one has outgrown its bound: a tenth more than when the bound was set.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const assets = fileURLToPath(new URL('../../../dist/assets', import.meta.url));
const root = join(assets, readdirSync(assets)[0] ?? '');
const pages = [
  ['overview (/)', ['pages/page.css', 'pages/landing.css', 'pages/landing.js', 'pages/live.js'], 5_000],
  ['Swagger UI (/docs)', ['swagger-ui', ...ofPages(/swagger|page|access|document|json|show|value/)], 560_000],
  [
    'Redoc (/redoc)',
    ['redoc/redoc.standalone.js', ...ofPages(/redoc|page|access|document|show|value|samples/)],
    380_000,
  ],
  ['a site, index', ['site/site.css', 'site/theme.js', 'site/index-page.js'], 12_000],
  [
    'a site, Redoc',
    ['redoc/redoc.standalone.js', 'site/site.css', 'site/theme.js', 'site/redoc-page.js'],
    370_000,
  ],
];

let isOver = false;
console.log(`${'page'.padEnd(20)} ${'bytes'.padStart(10)} ${'gzip'.padStart(9)} ${'bound'.padStart(9)}`);
for (const [name, parts, bound] of pages) {
  const files = parts
    .flatMap((part) => filesOf(join(root, part)))
    .filter((path) => /\.(?:js|css|svg)$/.test(path));
  const texts = files.map((path) => readFileSync(path));
  const plain = sum(texts.map(({ length }) => length));
  const packed = sum(texts.map((text) => gzipSync(text, { level: 9 }).length));
  console.log(
    [
      name.padEnd(20),
      ...[plain, packed, bound].map((bytes, at) => String(bytes).padStart(at === 0 ? 10 : 9)),
    ].join(' '),
  );
  isOver ||= packed > bound;
}
if (isOver) {
  console.error('A page has outgrown its bound: make it smaller, or raise the bound and say why.');
  process.exitCode = 1;
}

function ofPages(pattern) {
  return readdirSync(join(root, 'pages'))
    .filter((name) => pattern.test(name))
    .map((name) => `pages/${name}`);
}

function filesOf(path) {
  return statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
