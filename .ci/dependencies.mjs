#!/usr/bin/env node
// How many packages an installation in a folder has, and how large they are: `node .ci/dependencies.mjs <folder>`.
// Exit code 1 when they have outgrown a bound: a tenth more than when it was set.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const bounds = { packages: 290, bytes: 92_500_000 };
const shown = 8;

const folder = process.argv[2] ?? '.';
const { packages } = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8'));
const sizes = Object.keys(packages)
  .filter((path) => lstatSync(join(folder, path), { throwIfNoEntry: false }) !== undefined)
  .map((path) => ({ path, bytes: sizeOf(join(folder, path)) }))
  .toSorted((one, other) => other.bytes - one.bytes);
const found = { packages: sizes.length, bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0) };

for (const { path, bytes } of sizes.slice(0, shown))
  console.log(`${String(bytes).padStart(11)} ${path.slice('node_modules/'.length)}`);
for (const [what, count] of Object.entries(found))
  console.log(`${String(count).padStart(11)} ${what} installed, at most ${bounds[what]}`);
if (found.packages > bounds.packages || found.bytes > bounds.bytes) {
  console.error('The dependencies have outgrown a bound: do without one, or raise the bound and say why.');
  process.exitCode = 1;
}

/** In bytes of files, without the packages that are installed inside. */
function sizeOf(path) {
  return readdirSync(path, { withFileTypes: true })
    .filter((each) => each.name !== 'node_modules')
    .reduce((sum, each) => {
      const at = join(path, each.name);
      return sum + (each.isDirectory() ? sizeOf(at) : lstatSync(at).size);
    }, 0);
}
