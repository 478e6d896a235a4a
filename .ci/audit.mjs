#!/usr/bin/env node
// Asks the registry for advisories about what users install. Exit code 1 for one that is high or critical; a registry
// that does not answer is told, and fails nothing: that is no fault of the change at hand.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const grave = new Set(['high', 'critical']);
const root = fileURLToPath(new URL('..', import.meta.url));
const { stdout, error } = spawnSync('npm', ['audit', '--omit', 'dev', '--json', '--package-lock-only'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  timeout: 120_000,
});
const answer = parse(stdout ?? '');
if (answer.vulnerabilities === undefined || answer.metadata?.vulnerabilities === undefined) {
  const reason = error?.message ?? answer.message ?? answer.error?.summary ?? 'no answer';
  console.log(`audit: not judged, the registry does not answer (${reason})`);
} else {
  const found = Object.values(answer.vulnerabilities);
  for (const { name, severity, via } of found) {
    const titles = via.filter((each) => typeof each === 'object').map(({ title, url }) => `${title} ${url}`);
    console.log(`audit: ${severity} ${name} ${titles.join('; ')}`);
  }
  console.log(`audit: ${found.length} packages with advisories`);
  if (found.some(({ severity }) => grave.has(severity))) {
    console.error('A dependency has a grave advisory: update it, or do without it.');
    process.exitCode = 1;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
