import { isJsonObject, readSchema, type JsonObject, type JsonValue } from '../../src/index.ts';
import type { Generator, Untestable } from '../arbitraries/create-generator.ts';
import { findLostAnnotations } from '../gateway/lost-annotations.ts';
import type { RestOperation } from '../gateway/rest-document.ts';
import type { ListedTool } from '../target/list-tools.ts';
import type { Probe } from './check.ts';
import { createContractCheck } from './contract-check.ts';
import type { ToolFault } from './judge-tools.ts';

const MAX_NEGATIVES = 400;
const MAX_VALID = 100;
/** A keyword is broken at its edge first, then at random: a document may have kept its type alone. */
const ROUNDS = 3;
const MAX_NAMES = 6;

/** Keywords may be spelled otherwise in a document: what counts is that it accepts and refuses the same values. */
export const documentLossless: Probe = createContractCheck(
  {
    id: 'contract/lossless',
    title: 'The document keeps every keyword of every input schema',
    severity: 'error',
    requirement: 'document-is-lossless',
  },
  async ({ document, hasServer, operationOf }, { tools, generatorOf, report }) => {
    if (!hasServer) return { kind: 'not-exercised', reason: 'no MCP server was named to compare it with' };
    const compared: string[] = [];
    for (const tool of tools) {
      const operation = operationOf(tool.name);
      const faults =
        operation === undefined
          ? toMissing(tool, document.source)
          : compareSchemas(tool, operation, generatorOf(tool));
      for (const fault of faults) report({ ...fault, tool: tool.name });
      if (operation !== undefined) compared.push(tool.name);
      // Schemas take time to compile, and signals want to be heard.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return compared.length === 0
      ? { kind: 'not-exercised', reason: 'the document has an operation for none of the tools' }
      : { kind: 'exercised', tools: compared };
  },
);

/** What a document lost of a tool's input schema. */
export function compareSchemas(
  { source }: ListedTool,
  { inputSchema }: RestOperation,
  generator: Generator | Untestable,
): readonly ToolFault[] {
  const listed = source['inputSchema'];
  // Arguments are an object, whatever else such a schema takes; that is for a check of its own.
  if (!isJsonObject(listed) || listed['type'] !== 'object') return [];
  // An operation without a body takes no arguments: nothing wrong can be sent.
  if (inputSchema === undefined) return hasProperties(listed) ? [noBody] : [];
  const served = readSchema(inputSchema);
  if (served.kind === 'unreadable') return [toUnreadable(served)];
  const faults: ToolFault[] = [];
  if (generator.kind === 'generator') {
    faults.push(...findWidened(generator, served.judge), ...findNarrowed(generator, served.judge));
  }
  const lost = findLostAnnotations(listed, inputSchema);
  if (lost.length > 0) {
    faults.push({
      variant: 'annotations',
      title: 'The document leaves out what an input schema says in words',
      severity: 'warning',
      expected: 'every title, description, default, example and format',
      seen: `${lost.length} lost: ${listNames(lost.map(({ pointer, keyword }) => `${pointer}/${keyword}`))}`,
    });
  }
  return faults;
}

function findWidened(generator: Generator, judge: Judge): readonly ToolFault[] {
  const lost = new Map<string, JsonValue>();
  const sites = new Set<string>();
  let count = 0;
  for (const { value, site, isSingle } of generator.negatives(ROUNDS)) {
    count += 1;
    if (count > MAX_NEGATIVES) break;
    const name = `${site.pointer}/${site.keyword}`;
    sites.add(name);
    if (isSingle && !lost.has(name) && judge(value) === 'valid') lost.set(name, value);
  }
  const [example] = lost.values();
  if (lost.size === 0 || example === undefined) return [];
  return [
    {
      variant: 'keywords',
      title: 'The document loses keywords of an input schema',
      ...(isJsonObject(example) && { arguments: example }),
      expected: 'a document that refuses what the input schema refuses',
      seen: `${lost.size} of ${sites.size} lost: ${listNames([...lost.keys()])}`,
    },
  ];
}

type Judge = (value: JsonValue) => string;

function findNarrowed(generator: Generator, judge: Judge): readonly ToolFault[] {
  let count = 0;
  for (const { value, what } of generator.coverage()) {
    count += 1;
    if (count > MAX_VALID) break;
    if (judge(value) !== 'invalid') continue;
    return [
      {
        variant: 'narrowed',
        title: 'The document refuses what an input schema accepts',
        ...(isJsonObject(value) && { arguments: value }),
        expected: 'a document that accepts what the input schema accepts',
        seen: `refused: ${what}`,
      },
    ];
  }
  return [];
}

/** A tool that cannot be served may be left out, when the document says so. */
function toMissing({ name }: ListedTool, document: JsonObject): readonly ToolFault[] {
  const { 'x-unserved-tools': unserved } = document;
  const entries = Array.isArray(unserved) ? (unserved as readonly JsonValue[]) : [];
  if (entries.some((entry) => isJsonObject(entry) && entry['tool'] === name)) return [];
  return [
    {
      variant: 'operation',
      title: 'The document leaves out a tool',
      expected: 'an operation for every tool that the server lists',
      seen: 'none',
    },
  ];
}

const noBody: ToolFault = {
  variant: 'body',
  title: 'The operation of a tool that takes arguments has no body',
  expected: 'a request body of application/json with the input schema',
  seen: 'none',
};

function toUnreadable({ pointer, reason }: { readonly pointer: string; readonly reason: string }): ToolFault {
  return {
    variant: 'unreadable',
    title: 'The schema of a request body is no valid one',
    expected: 'a schema of JSON Schema 2020-12',
    seen: `${pointer || 'the root'}: ${reason}`,
  };
}

function hasProperties(schema: JsonValue): boolean {
  const properties = isJsonObject(schema) ? schema['properties'] : undefined;
  return isJsonObject(properties) && Object.keys(properties).length > 0;
}

function listNames(names: readonly string[]): string {
  const rest = names.length - MAX_NAMES;
  return [...names.slice(0, MAX_NAMES), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}
