// A server to measure with: node synthetic.js <kind> [seed]
// The same seed gives the same delays and failures, call by call.
import { createRandom, type Random } from '../../conformance/random.ts';
import type { JsonObject } from '../../src/index.ts';
import type { SyntheticKind } from './kinds.ts';
import { echoTool, serveLines, toTextResult, type LineCall } from './serve-lines.ts';

type Reply = (result: JsonObject) => void;

interface Behaviour {
  readonly tools: readonly JsonObject[];
  readonly call: (call: LineCall, reply: Reply, random: Random) => void;
}

const [, , wanted = 'echo', seed = '1'] = process.argv;
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const padding = 'All work and no play makes Jack a dull boy. '.repeat(2_400);
const failurePercent = 5;

const behaviours: Readonly<Record<Exclude<SyntheticKind, 'echo-sdk'>, Behaviour>> = {
  echo: { tools: [echoTool], call: echo },
  slow: {
    tools: [
      tool('steady', 'Answers with the text after 50 ms.'),
      tool('varied', 'Answers with the text after 5 to 200 ms, mostly less than 50.'),
    ],
    call: (call, reply, random) => {
      const ms = call.name === 'steady' ? 50 : drawDelay(random);
      setTimeout(() => echo(call, reply), ms);
    },
  },
  blocking: {
    tools: [tool('wait', 'Answers with the text after 30 ms, and does nothing else meanwhile.')],
    call: (call, reply) => {
      Atomics.wait(sleeper, 0, 0, 30);
      echo(call, reply);
    },
  },
  mixed: {
    tools: [
      tool('fast', 'Answers with the text at once.'),
      tool('slow', 'Answers with the text after 200 ms, while others are answered.'),
    ],
    call: (call, reply) => {
      if (call.name === 'fast') echo(call, reply);
      else setTimeout(() => echo(call, reply), 200);
    },
  },
  large: {
    tools: [tool('large', 'Answers with the text and 100 KB more.')],
    call: (call, reply) => reply(toTextResult(`${textOf(call)} ${padding}`)),
  },
  flaky: {
    tools: [tool('flaky', `Answers with the text, or fails: ${failurePercent} calls of 100.`)],
    call: (call, reply, random) => {
      if (random.integer(1, 100) > failurePercent) echo(call, reply);
      else reply({ ...toTextResult('failed, as it does now and then'), isError: true });
    },
  },
};

const behaviour = new Map<string, Behaviour>(Object.entries(behaviours)).get(wanted);
if (behaviour === undefined) {
  process.stderr.write(`there is no server of the kind ${wanted}\n`);
  process.exit(2);
}
const { tools, call } = behaviour;
const choices = createRandom(Number(seed), wanted);
serveLines({
  name: `synthetic-${wanted}`,
  tools,
  call: (asked, reply) => call(asked, reply, choices),
});

function tool(name: string, description: string): JsonObject {
  return { ...echoTool, name, description };
}

function echo(asked: LineCall, reply: Reply): void {
  reply(toTextResult(textOf(asked)));
}

function textOf({ arguments: given = {} }: LineCall): string {
  const { text } = given;
  return typeof text === 'string' ? text : JSON.stringify(text ?? '');
}

/** Many short, a few long: 5 ms and an exponential tail of 30 ms. */
function drawDelay(random: Random): number {
  const part = random.integer(1, 10_000) / 10_000;
  return Math.min(200, 5 - 30 * Math.log(part));
}
