// What the generator makes of the tools of real servers.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGenerator } from '../../../dist/conformance/arbitraries/create-generator.js';
import { readSchema } from '../../../dist/src/index.js';

const samplesPerTool = 200;

/** Counts over every tool's inputSchema; undefined when there is no corpus. */
export function measureCorpus(shared) {
  const folder = join(shared, 'corpus');
  if (!existsSync(folder)) return undefined;
  const servers = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const total = {
    tools: 0,
    servers: servers.length,
    complete: 0,
    samples: 0,
    invalid: 0,
    negatives: 0,
    notNegative: 0,
    incomplete: [],
  };
  const speeds = [];
  const setUps = [];
  for (const server of servers) {
    for (const { name, inputSchema } of JSON.parse(readFileSync(join(folder, server), 'utf8')).tools) {
      const tool = measureTool(inputSchema);
      total.tools += 1;
      for (const key of ['samples', 'invalid', 'negatives', 'notNegative']) total[key] += tool[key];
      const isComplete = tool.samples > 0 && (tool.negatives > 0 || !tool.canFail);
      if (isComplete) total.complete += 1;
      else total.incomplete.push(`${server}/${name}: ${tool.reason ?? 'no negative'}`);
      speeds.push(tool.perSecond);
      setUps.push(tool.setUpMs);
    }
  }
  return {
    ...total,
    perSecond: median(speeds),
    slowest: Math.round(Math.min(...speeds)),
    setUpMs: median(setUps),
    setUpWorstMs: Math.round(Math.max(...setUps)),
  };
}

function measureTool(schema) {
  const started = performance.now();
  const generator = createGenerator(schema, { seed: 1 });
  if (generator.kind === 'untestable')
    return {
      samples: 0,
      invalid: 0,
      negatives: 0,
      notNegative: 0,
      perSecond: 0,
      setUpMs: 0,
      reason: generator.reason,
      canFail: true,
    };
  const covering = [...generator.coverage()];
  const negatives = [...generator.negatives(2)].filter(({ value }) => isObject(value));
  const setUpMs = performance.now() - started;
  const before = performance.now();
  const random = Array.from({ length: samplesPerTool }, (_run, index) => generator.generate(index));
  const perSecond = (1000 * samplesPerTool) / (performance.now() - before);
  const judge = readSchema(schema).judge;
  const samples = [...covering.map(({ text }) => JSON.parse(text)), ...random];
  return {
    samples: samples.length,
    invalid: samples.filter((value) => judge(value) !== 'valid').length,
    negatives: negatives.length,
    notNegative: negatives.filter(({ text }) => judge(JSON.parse(text)) !== 'invalid').length,
    perSecond,
    setUpMs,
    // An object without constraints cannot be wrong.
    canFail:
      Object.keys(schema.properties ?? {}).length > 0 ||
      schema.additionalProperties === false ||
      (schema.required ?? []).length > 0,
  };
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function median(values) {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]);
}
