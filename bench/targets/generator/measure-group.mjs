// What the generator makes of one schema of the suite.
import { createGenerator } from '../../../dist/conformance/arbitraries/create-generator.js';
import { readSchema } from '../../../dist/src/index.js';
import { compileStock } from './stock-ajv.mjs';
import { listSites } from './sites.mjs';
import { listTightenings } from './tighten.mjs';

/** Samples of a group, coverage first. */
const samplesPerGroup = 100;
const seed = 42;
/**
 * Of the reference pool, which shows that a mutant can be killed: every value of the draft's suite, so many more samples
 * of other seeds, and values made for "the original, and not the mutant". That an assertion can be broken is shown by
 * the suite's values, all negatives whatever they are meant to break, and samples of the schema without the assertion.
 */
const longRun = 1_000;

/** @param pool values of the whole suite */
export function measureGroup(group, draft, pool) {
  const { schema } = group;
  const generator = createGenerator(schema, { seed });
  const isValid = compile(schema);
  if (generator.kind === 'untestable')
    return {
      reason: generator.reason,
      samples: 0,
      invalid: 0,
      made: 1,
      discarded: 0,
      ...noSites,
      ...noMutants,
      ...noStock,
    };
  const samples = takeSamples(generator);
  const { made, discarded } = generator.stats;
  return {
    samples: samples.length,
    invalid: samples.filter((value) => !isValid(value)).length,
    made,
    discarded,
    ...measureStock(compileStock(group, draft), samples, generator),
    ...measureMutants(schema, draft, { isValid, samples, generator, pool }),
    ...measureSites(schema, draft, { isValid, generator, pool }),
  };
}

const noSites = { negatives: 0, notNegative: 0, sites: 0, covered: 0, uncovered: [] };
const noStock = { stock: 0, agreed: 0 };
const noMutants = { killable: 0, killed: 0, survivors: [] };

/** The judge of a schema, which throws where it cannot be read. */
export function compile(schema) {
  const read = readSchema(schema);
  if (read.kind === 'unreadable') throw new Error(read.reason);
  return (value) => read.judge(value) === 'valid';
}

function takeSamples(generator) {
  const samples = [];
  for (const { text } of generator.coverage()) if (samples.push(JSON.parse(text)) >= samplesPerGroup) break;
  for (let index = 0; samples.length < samplesPerGroup; index += 1) {
    samples.push(JSON.parse(JSON.stringify(generator.generate(seed + index * 7_919))));
  }
  return samples;
}

/** Of all samples, those that Ajv as it comes judges as they are meant. */
function measureStock(judge, samples, generator) {
  if (judge === undefined) return noStock;
  const negatives = [...generator.negatives(3)].map(({ text }) => JSON.parse(text));
  const agreed =
    samples.filter((value) => judge(value)).length + negatives.filter((value) => !judge(value)).length;
  return { stock: samples.length + negatives.length, agreed };
}

function measureMutants(schema, draft, { isValid, samples, generator, pool }) {
  const known = pool.filter(isValid);
  const accepted = [
    ...known,
    ...Array.from({ length: longRun }, (_run, index) => generator.generate(1_000_000 + index)),
  ];
  let killable = 0;
  let killed = 0;
  const survivors = [];
  for (const mutant of listTightenings(schema, draft)) {
    const accepts = tryCompile(mutant.schema);
    if (accepts === undefined) continue;
    if (samples.some((value) => !accepts(value))) {
      killable += 1;
      killed += 1;
    } else if (
      accepted.some((value) => !accepts(value)) ||
      findBetween(schema, mutant.schema, isValid, accepts)
    ) {
      killable += 1;
      survivors.push(mutant.what);
    }
  }
  return { killable, killed, survivors };
}

/** True when a value that the original accepts and the mutant refuses can be made on purpose. */
function findBetween(schema, mutant, isValid, accepts) {
  const text = JSON.stringify(schema);
  // References lead elsewhere from inside of another schema.
  if (/"\$(?:id|ref|dynamicRef|recursiveRef|anchor)"/.test(text)) return false;
  const { $schema } = schema;
  const generator = createGenerator({ $schema, allOf: [schema, { not: mutant }] }, { seed });
  if (generator.kind === 'untestable') return false;
  for (let index = 0; index < 50; index += 1) {
    const value = generator.generate(index);
    if (isValid(value) && !accepts(value)) return true;
  }
  return false;
}

function measureSites(schema, draft, { isValid, generator, pool }) {
  const negatives = [...generator.negatives(3)];
  const refused = pool.filter((value) => !isValid(value));
  let sites = 0;
  let covered = 0;
  const uncovered = [];
  for (const { pointer, keyword, loosened } of listSites(schema, draft)) {
    const accepts = tryCompile(loosened);
    if (accepts === undefined) continue;
    const own = negatives.filter(({ site }) => site.pointer === pointer && site.keyword === keyword);
    if (own.some(({ text }) => accepts(JSON.parse(text)))) {
      sites += 1;
      covered += 1;
    } else if (
      refused.some(accepts) ||
      negatives.some(({ text }) => accepts(JSON.parse(text))) ||
      makeSome(loosened).some((value) => !isValid(value) && accepts(value))
    ) {
      sites += 1;
      uncovered.push(`${pointer} ${keyword}`);
    }
  }
  const notNegative = negatives.filter(({ text }) => isValid(JSON.parse(text))).length;
  return { negatives: negatives.length, notNegative, sites, covered, uncovered };
}

function makeSome(schema) {
  const generator = createGenerator(schema, { seed });
  if (generator.kind === 'untestable') return [];
  const covering = [...generator.coverage()].slice(0, 300).map(({ value }) => value);
  return [...covering, ...Array.from({ length: 200 }, (_run, index) => generator.generate(index))];
}

function tryCompile(schema) {
  try {
    return compile(schema);
  } catch {
    return undefined;
  }
}
