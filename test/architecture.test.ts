import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

/** Each layer may import from those before it; a name without a slash is a file in src/ itself. */
const layers: ReadonlyArray<readonly string[]> = [
  ['json'],
  ['errors.ts', 'logger.ts', 'package.ts', 'terminal-text.ts', 'tool.ts'],
  ['contract', 'upstream', 'time-server', 'identity', 'redis'],
  ['gateway', 'authorization', 'limits'],
  ['compat'],
  ['docs', 'config'],
  ['http'],
  ['tracing', 'audit'],
  ['serve'],
  ['index.ts', 'cli'],
];

const sources = filesUnder('src').filter((path) => path.endsWith('.ts'));
const suite = filesUnder('conformance').filter((path) => path.endsWith('.ts'));
const bench = filesUnder('bench').filter((path) => path.endsWith('.ts'));
const published = [...sources, ...suite, ...bench];
const imports = new Map(published.map((path) => [path, importsOf(path)]));

test('a folder imports only from the layers before it, or from itself', () => {
  const wrong: string[] = [];
  for (const path of sources) {
    for (const target of imports.get(path) ?? []) {
      if (roomOf(target) === roomOf(path)) continue;
      if (layerOf(target) >= layerOf(path)) wrong.push(`${path} → ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('no import cycle exists', () => {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const target of imports.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of published) visit(path, []);
  expect(cycles).toEqual([]);
});

test('no file is longer than 300 lines, and the median stays under 150', () => {
  const lengths = published.map((path) => [path, readFileSync(path, 'utf8').split('\n').length - 1] as const);
  expect(lengths.filter(([, lines]) => lines > 300)).toEqual([]);
  const sorted = lengths.map(([, lines]) => lines).toSorted((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(150);
});

test('conformance/ and bench/ use nothing of src/ but its public surface', () => {
  const outside = ['conformance', 'bench']
    .flatMap((folder) => filesUnder(folder))
    .filter((path) => path.endsWith('.ts'));
  const deep = outside.flatMap((path) =>
    importsOf(path)
      .filter((target) => target.startsWith('src/') && target !== 'src/index.ts')
      .map((target) => `${path} → ${target}`),
  );
  expect(deep).toEqual([]);
});

test('barrels and default exports stay out', () => {
  const barrels = published.filter(
    (path) =>
      !['src/index.ts', 'conformance/index.ts', 'bench/index.ts'].includes(path) &&
      /^export (?:type )?(?:\*|\{[^}]*\}) from/m.test(readFileSync(path, 'utf8')),
  );
  expect(barrels).toEqual([]);
  expect(published.filter((path) => /^export default/m.test(readFileSync(path, 'utf8')))).toEqual([]);
});

function filesUnder(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesUnder(join(path, name)));
}

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/(?:from|import)\s+'(\.{1,2}\/[^']+)'/g)].map(([, target]) =>
    relative('.', resolve(dirname(path), target ?? '')),
  );
}

function roomOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function layerOf(path: string): number {
  const layer = layers.findIndex((rooms) => rooms.includes(roomOf(path)));
  expect(layer, `${path} has no layer`).toBeGreaterThanOrEqual(0);
  return layer;
}
