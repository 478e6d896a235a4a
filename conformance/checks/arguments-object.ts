import type { JsonValue } from '../../src/index.ts';
import { readAnswer } from '../fuzzing/read-answer.ts';
import { describeReply } from '../target/initialize.ts';
import type { ListedTool } from '../target/list-tools.ts';
import { exercised, type Probe, type ProbeContext } from './check.ts';
import { isAnswered, toLines } from './evidence.ts';

const MAX_TOOLS = 20;

export const argumentsObject: Probe = {
  kind: 'probe',
  id: 'negative/arguments-object',
  title: 'Arguments are an object, or are left out where none is required',
  group: 'negative',
  severity: 'error',
  requirement: 'arguments-are-an-object',
  run: async (context) => {
    const tools = context.callable.slice(0, MAX_TOOLS);
    if (tools.length === 0) return { kind: 'not-exercised', reason: 'no tool may be called' };
    for (const tool of tools) {
      for (const odd of oddArguments) await tryOne(tool, odd, context);
    }
    return exercised;
  },
};

interface OddArguments {
  /** Follows "arguments that are". */
  readonly name: string;
  /** Undefined leaves them out. */
  readonly value: JsonValue | undefined;
}

const oddArguments: readonly OddArguments[] = [
  { name: 'missing', value: undefined },
  { name: 'null', value: null },
  { name: 'an empty array', value: [] },
  { name: 'an array', value: ['a'] },
  { name: 'a string', value: 'a' },
  { name: 'a number', value: 5 },
  { name: 'a boolean', value: true },
];

async function tryOne(tool: ListedTool, { name, value }: OddArguments, context: ProbeContext): Promise<void> {
  const session = await context.session();
  const generator = context.generatorOf(tool);
  const takesNothing = generator.kind === 'generator' ? generator.judge({}) : 'undecided';
  const pending = session.start('tools/call', {
    name: tool.name,
    ...(value !== undefined && { arguments: value }),
  });
  const reply = await pending.reply;
  // Silence and exit are for those who watch the wire.
  if (!isAnswered(reply)) return;
  const { kind } = readAnswer(reply);
  const common = { tool: tool.name, seen: describeReply(reply), lines: toLines(pending, reply) };
  if (value === undefined && takesNothing === 'valid') {
    if (kind !== 'refusal' && kind !== 'internal-error') return;
    context.report({
      ...common,
      variant: 'missing refused',
      title: 'A call without arguments is refused, though none is required',
      expected: 'what {} gives: "arguments" is optional',
      severity: 'warning',
    });
    return;
  }
  if (kind !== 'result') return;
  const isAbsent = value === undefined || value === null;
  // Null means nothing in many languages, and there nothing is lost. Without a verdict on {} nothing is known.
  if (isAbsent && takesNothing !== 'invalid') return;
  context.report({
    ...common,
    variant: isAbsent ? `${name} accepted` : 'no object accepted',
    title: `Arguments that are ${name} are accepted`,
    expected: 'an error with code -32602, or isError',
    severity: takesNothing === 'invalid' ? 'error' : 'warning',
  });
}
