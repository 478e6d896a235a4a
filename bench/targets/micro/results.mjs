#!/usr/bin/env node
// What a result costs from the pipe's chunks to the answer's body, by size and kind of text. Needs a fresh dist/.
//   node bench/targets/micro/results.mjs [<folder of dist>]
import { pathToFileURL } from 'node:url';

const dist = pathToFileURL(`${process.argv[2] ?? new URL('../../../dist', import.meta.url).pathname}/`);
const { LineFramer } = await import(new URL('src/upstream/messages/framing.js', dist).href);
const { readEnvelope } = await import(new URL('src/upstream/messages/envelope.js', dist).href);
const { detach } = await import(new URL('src/upstream/call-messages.js', dist).href);
const { mapOutcome } = await import(new URL('src/gateway/answer.js', dist).href);

const options = {
  operation: { tool: 'tool', hasOutputSchema: false },
  preference: { kind: 'json' },
  toolErrorStatus: 424,
  times: { timeoutMs: 60_000 },
};
const prose = 'All work and no play makes Jack a dull boy. ';
const kinds = {
  'prose ': (bytes) => prose.repeat(Math.ceil(bytes / prose.length)),
  quoted: (bytes) => `He said: "${'\\"no\\"\n'.repeat(Math.ceil(bytes / 8))}`,
  'JSON  ': (bytes) =>
    JSON.stringify(Array.from({ length: Math.ceil(bytes / 45) }, () => ({ line: prose.slice(0, 30), n: 1 }))),
};

for (const bytes of [100, 1_000, 10_000, 200_000, 1_000_000, 20_000_000]) {
  for (const [kind, toText] of Object.entries(kinds)) {
    const result = { content: [{ type: 'text', text: toText(bytes) }] };
    const line = Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', id: 7, result })}\n`);
    const rounds = Math.max(3, Math.ceil(2e7 / Math.max(line.length, 2_000)));
    let best = Infinity;
    for (let repeat = 0; repeat < 5; repeat += 1) best = Math.min(best, await time(line, rounds));
    const each = (best / rounds) * 1e3;
    console.log(
      `${String(bytes).padStart(9)} B of ${kind} ${each.toFixed(each < 100 ? 2 : 0).padStart(9)} µs ${((each / line.length) * 1e3).toFixed(2).padStart(8)} ns/B`,
    );
  }
}

async function time(line, rounds) {
  /** @type {Promise<unknown> | object | undefined} */
  let mapped;
  const framer = new LineFramer(2 ** 30, {
    onLine(text, large) {
      const { start, end } = readEnvelope(text, large);
      const resultJson = detach(text, start, end);
      mapped = mapOutcome({ kind: 'result', resultJson, upstreamMs: 1, large: large?.from(start) }, options);
    },
    onOversized() {},
  });
  const started = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    // As a pipe gives it.
    for (let at = 0; at < line.length; at += 65_536) framer.push(line.subarray(at, at + 65_536));
    await mapped;
  }
  return performance.now() - started;
}
