#!/usr/bin/env node
// Prints the bill of materials of the package as CycloneDX JSON: what its users install, and what its build copies into
// it. Reads package-lock.json alone.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Packages of the build whose files are in dist/. */
const copied = ['minisearch', 'redoc', 'swagger-ui-dist', 'uplot'];

const { name, version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
const words = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'library', '--package-lock-only'];
const all = JSON.parse(
  execFileSync('npm', words, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 120_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
);
const components = all.components
  .filter((each) => !isOfBuild(each) || copied.includes(each.name))
  .map(asUsed);
const known = new Set(components.map((each) => each['bom-ref']));
const self = `${name}@${version}`;
for (const wanted of copied)
  if (!components.some((each) => each.name === wanted)) throw new Error(`${wanted} is not in the lock file`);

const document = {
  ...all,
  metadata: {
    ...all.metadata,
    // npm takes the name of the folder.
    component: { ...all.metadata.component, name, version },
  },
  components,
  dependencies: all.dependencies
    .filter(({ ref }) => ref === self || known.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => known.has(each)) })),
};
process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);

function isOfBuild({ properties = [] }) {
  return properties.some((each) => each.name === 'cdx:npm:package:development' && each.value === 'true');
}

/** Where it was installed says nothing to users of the package, and who needs it besides, neither. */
function asUsed(component) {
  return { ...component, properties: [], scope: component.scope === 'optional' ? 'optional' : 'required' };
}
