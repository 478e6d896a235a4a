#!/usr/bin/env node
// What the generator of mcpo-verify makes of the official JSON Schema suite and of real tools, beside what it should.
// Needs a fresh dist/. `--verbose` names what was missed.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { measureCorpus } from './measure-corpus.mjs';
import { compile, measureGroup } from './measure-group.mjs';
import { readGroups } from './suite.mjs';

const shared = process.env['MCPO_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url));
const isVerbose = process.argv.includes('--verbose');
const targets = {
  draft7: { empty: 2, killed: 97 },
  'draft2019-09': { empty: 4, killed: 95 },
  'draft2020-12': { empty: 4, killed: 95 },
};
let failures = 0;

if (!existsSync(shared)) {
  console.log(`skipped: ${shared} is absent (the suite and the corpus lie beside the repository)`);
} else {
  for (const [draft, target] of Object.entries(targets)) reportDraft(draft, target);
  reportCorpus();
  process.exitCode = failures === 0 ? 0 : 1;
}

function reportDraft(draft, target) {
  const all = readGroups(shared, draft);
  if (all === undefined) {
    console.log(`\n${draft}: skipped, the suite has no such folder`);
    return;
  }
  const pool = distinct(all.flatMap(({ tests }) => tests.map(({ data }) => data)));
  const started = performance.now();
  const groups = all.filter(isMeasurable);
  const results = groups.map((group) => ({ ...measureGroup(group, draft, pool), name: group.name }));
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const empty = results.filter(({ samples }) => samples === 0);
  console.log(
    `\n${draft}: ${groups.length} of ${all.length} groups, ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  row('samples that are valid', sum('samples') - sum('invalid'), sum('samples'), 100);
  const stock = `${sum('agreed')} of ${sum('stock')}`;
  console.log(
    `  ${'valid and invalid for Ajv as it comes, too'.padEnd(46)} ${stock}, where it gets the tests right`,
  );
  row('groups without output', empty.length, groups.length, -target.empty);
  row('discarded', sum('discarded'), sum('made'), -5);
  row('negatives that are invalid', sum('negatives') - sum('notNegative'), sum('negatives'), 100);
  row('sites broken, of those that can be', sum('covered'), sum('sites'), 95);
  row('tighten-mutants killed, of those that can be', sum('killed'), sum('killable'), target.killed);
  if (!isVerbose) return;
  for (const { name, reason } of empty) console.log(`    no output: ${name}: ${reason}`);
  for (const { name, uncovered } of results)
    for (const each of uncovered) console.log(`    not broken: ${name}: ${each}`);
  for (const { name, survivors } of results)
    for (const each of survivors) console.log(`    survived: ${name}: ${each}`);
}

function reportCorpus() {
  const corpus = measureCorpus(shared);
  if (corpus === undefined) {
    console.log('\ncorpus: skipped, there is none');
    return;
  }
  console.log(`\ncorpus: ${corpus.tools} tools of ${corpus.servers} servers`);
  row('tools with valid and negative samples', corpus.complete, corpus.tools, 99);
  row('samples that are valid', corpus.samples - corpus.invalid, corpus.samples, 100);
  row('negatives that are invalid', corpus.negatives - corpus.notNegative, corpus.negatives, 100);
  console.log(
    `  ${corpus.perSecond} random samples per second, at the median tool; ${corpus.slowest} at the slowest`,
  );
  console.log(
    `  ${corpus.setUpMs} ms to set up and cover a tool, at the median; ${corpus.setUpWorstMs} at the slowest`,
  );
  if (isVerbose) for (const each of corpus.incomplete) console.log('    incomplete:', each);
}

/** Where the judge agrees with every test, and something is valid. */
function isMeasurable({ schema, tests }) {
  if (!tests.some(({ valid }) => valid)) return false;
  try {
    const isValid = compile(schema);
    return tests.every(({ data, valid }) => isValid(data) === valid);
  } catch {
    return false;
  }
}

/** @param wanted per cent, at least; negative: at most */
function row(what, count, total, wanted) {
  const share = total === 0 ? (wanted < 0 ? 0 : 100) : (100 * count) / total;
  const isMet = wanted < 0 ? share <= -wanted : share >= wanted;
  if (!isMet) failures += 1;
  const target = `${wanted < 0 ? '<=' : '>='} ${Math.abs(wanted)} %`;
  console.log(
    `  ${what.padEnd(46)} ${share.toFixed(2).padStart(7)} %  (${count} of ${total})  ${target.padEnd(9)} ${isMet ? 'ok' : 'MISSED'}`,
  );
}

function distinct(values) {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
