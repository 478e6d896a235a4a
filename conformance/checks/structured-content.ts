import {
  buildDocument,
  compileContract,
  isJsonObject,
  readSchema,
  type JsonValue,
  type ReadSchema,
  type Violation,
} from '../../src/index.ts';
import { readAnswer } from '../fuzzing/read-answer.ts';
import type { ListedTool } from '../target/list-tools.ts';
import type { CallCheck } from './check.ts';
import { quote } from './evidence.ts';

export const structuredContent: CallCheck = {
  kind: 'call',
  id: 'positive/structured-content',
  title: 'Structured content satisfies the output schema',
  group: 'positive',
  severity: 'error',
  requirement: 'output-schema-is-kept',
  intents: ['valid', 'hostile'],
  unexercised: 'no valid call was made',
  judge: ({ tool, reply }) => {
    const { outputSchema } = tool.source;
    if (outputSchema === undefined) return [];
    const answer = readAnswer(reply);
    if (answer.kind !== 'result' || !isJsonObject(answer.result)) return [];
    const { structuredContent: value, task } = answer.result;
    // The result of a task comes later.
    if (value === undefined && task !== undefined) return [];
    if (value === undefined) {
      return [
        {
          variant: 'missing',
          title: 'A tool with an output schema gives no structured content',
          expected: 'structuredContent',
          seen: `a result without: ${quote(JSON.stringify(answer.result))}`,
        },
      ];
    }
    if (schemaOf(outputSchema)?.judge(value) !== 'invalid') return [];
    const [violation] = findViolations(tool, value);
    const place = violation?.pointer.replaceAll(/\/\d+(?=\/|$)/g, '/*');
    return [
      {
        variant: violation === undefined ? 'invalid' : `${place} ${violation.keyword}`,
        title: 'Structured content does not satisfy the output schema',
        expected: violation === undefined ? 'what the output schema accepts' : toWords(violation),
        seen: quote(JSON.stringify(value)),
        ...(place !== undefined && { place }),
      },
    ];
  },
};

/** Schemas of a listing stay the same objects, and each is read once. */
const known = new WeakMap<object, ReadSchema | undefined>();

function schemaOf(source: JsonValue): ReadSchema | undefined {
  if (typeof source !== 'object' || source === null) return undefined;
  if (!known.has(source)) {
    const schema = readSchema(source);
    known.set(source, schema.kind === 'read' ? schema : undefined);
  }
  return known.get(source);
}

/** What a contract says is wrong; the verdict itself is the schema's. */
function findViolations({ source }: ListedTool, value: JsonValue): readonly Violation[] {
  const { outputSchema } = source;
  const tools = [
    { name: 'tool', inputSchema: { type: 'object' }, ...(outputSchema !== undefined && { outputSchema }) },
  ];
  const contract = compileContract(buildDocument({ sources: [{ server: '', tools }] }).document);
  const [operation] = contract.operations;
  return (operation && contract.validateResult(operation, value)) ?? [];
}

function toWords({ pointer, keyword, message }: Violation): string {
  return `${pointer === '' ? 'the root' : pointer} ${message} (${keyword})`;
}
