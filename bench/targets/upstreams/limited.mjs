#!/usr/bin/env node
// Does so many calls at a time, and no more: those that are too many wait for their turn.
//   node limited.mjs <calls at a time>
import { serveLines, toTextResult } from '../../../dist/bench/upstreams/serve-lines.js';

const capacity = Number(process.argv[2] ?? 8);
const waiting = [];
let working = 0;
let present = 0;
let mostPresent = 0;

serveLines({
  name: 'limited',
  tools: [
    {
      name: 'work',
      description: 'Answers with the mark after a while.',
      inputSchema: {
        type: 'object',
        properties: { ms: { type: 'integer', minimum: 0, maximum: 60_000 }, mark: { type: 'string' } },
      },
    },
    {
      name: 'most_present',
      description: 'The most calls at one time since last asked, working or waiting.',
      inputSchema: { type: 'object', properties: {} },
    },
  ],
  call({ name, arguments: given = {} }, reply) {
    if (name === 'most_present') {
      reply(toTextResult(String(mostPresent)));
      mostPresent = present;
      return;
    }
    present += 1;
    mostPresent = Math.max(mostPresent, present);
    waiting.push({ ms: given.ms ?? 20, mark: given.mark ?? '', reply });
    start();
  },
});

function start() {
  while (working < capacity && waiting.length > 0) {
    const { ms, mark, reply } = waiting.shift();
    working += 1;
    setTimeout(() => {
      working -= 1;
      present -= 1;
      reply(toTextResult(mark));
      start();
    }, ms);
  }
}
