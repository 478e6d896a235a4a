#!/usr/bin/env node
// Slow calls that do not block beside fast ones; it counts the calls it has at one time.
import { echoTool, serveLines, toTextResult } from '../../../dist/bench/upstreams/serve-lines.js';

let inFlight = 0;
let mostInFlight = 0;
const nothing = { type: 'object', properties: {} };

serveLines({
  name: 'sleep',
  tools: [
    echoTool,
    {
      name: 'sleep',
      description: 'Answers after a while, without keeping others waiting.',
      inputSchema: { type: 'object', properties: { ms: { type: 'integer', minimum: 0, maximum: 60_000 } } },
    },
    {
      name: 'most_in_flight',
      description: 'The most sleepers at one time since last asked.',
      inputSchema: nothing,
    },
  ],
  call({ name, arguments: given = {} }, reply) {
    if (name === 'echo') return reply(toTextResult(given.text));
    if (name === 'most_in_flight') {
      reply(toTextResult(String(mostInFlight)));
      mostInFlight = inFlight;
      return;
    }
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    setTimeout(() => {
      inFlight -= 1;
      reply(toTextResult('slept'));
    }, given.ms ?? 100);
  },
});
