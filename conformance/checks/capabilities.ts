import type { JsonObject } from '../../src/index.ts';
import { describeReply } from '../target/initialize.ts';
import { exercised, type Probe } from './check.ts';
import { codeOf, isAnswered, toLines } from './evidence.ts';

const METHOD_NOT_FOUND = -32601;

export const capabilitiesServed: Probe = {
  kind: 'probe',
  id: 'wire/capabilities',
  title: 'Declared capabilities are served, and served ones declared',
  group: 'wire',
  severity: 'error',
  requirement: 'capabilities-served',
  run: async ({ openReady, report }) => {
    // Its own session: setting the log level is for good.
    const session = await openReady();
    const capabilities = session.server?.capabilities ?? {};
    for (const { capability, method, params, isListing } of probes) {
      const pending = session.start(method, params);
      const reply = await pending.reply;
      if (!isAnswered(reply)) break;
      const isDeclared = capability in capabilities;
      // Other methods may refuse what they are asked; that they know it is enough.
      const isRefused = isListing ? reply.kind === 'error' : codeOf(reply) === METHOD_NOT_FOUND;
      const common = { lines: toLines(pending, reply), seen: `${method} gives ${describeReply(reply)}` };
      if (isDeclared && isRefused) {
        report({
          variant: `${capability} not served`,
          title: `The capability ${capability} is declared, but ${method} is refused`,
          expected: `an answer to ${method}, or no such capability`,
          ...common,
        });
      } else if (!isDeclared && reply.kind === 'result') {
        report({
          variant: `${capability} not declared`,
          title: `${method} is served, but the capability ${capability} is not declared`,
          expected: `"${capability}" among the capabilities in the result of initialize`,
          ...common,
        });
      }
    }
    return exercised;
  },
};

interface CapabilityProbe {
  readonly capability: string;
  readonly method: string;
  readonly params?: JsonObject;
  readonly isListing: boolean;
}

const probes: readonly CapabilityProbe[] = [
  { capability: 'tools', method: 'tools/list', isListing: true },
  { capability: 'prompts', method: 'prompts/list', isListing: true },
  { capability: 'resources', method: 'resources/list', isListing: true },
  { capability: 'logging', method: 'logging/setLevel', params: { level: 'warning' }, isListing: false },
  {
    capability: 'completions',
    method: 'completion/complete',
    params: { ref: { type: 'ref/prompt', name: 'none' }, argument: { name: 'none', value: '' } },
    isListing: false,
  },
];
