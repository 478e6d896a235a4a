import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';
import type { ProbeContext } from '../checks/check.ts';
import { withToken } from '../checks/token-arguments.ts';
import type { ListedTool } from '../target/list-tools.ts';

/** A call that is made through REST and over MCP. */
export interface TwinCall {
  readonly arguments: JsonObject;
  /** The arguments as they are sent: JSON, with integers that JavaScript would round. */
  readonly text: string;
  /** Changes the request over MCP, so that it has the same integers. */
  readonly respell: (text: string) => string;
  /** What is worth a try about it, in a word. */
  readonly about: string;
}

const PLAIN_CALLS = 6;
const strange = 'ünï \u{1f600} 漢字 \u2028 "\\" \u0000 \u202e';
/** The last one is the first integer that no double holds; the others are what JavaScript makes of them. */
const integers = [
  { rounded: '9007199254740992', exact: '9007199254740993' },
  { rounded: '1234567890123456800', exact: '1234567890123456789' },
  { rounded: '4000000000', exact: '4000000000' },
] as const;

/** Arguments that gateways are known to change on the way, and plain ones. */
export function* listTwinCalls(
  tool: ListedTool,
  { generatorOf, ...context }: Pick<ProbeContext, 'arguments' | 'generatorOf' | 'settingsOf'>,
): Iterable<TwinCall> {
  const all = context.arguments.argumentsFor(tool, 100);
  const [first] = all;
  if (first === undefined) return;
  const generator = generatorOf(tool);
  const isValid = (args: JsonObject): boolean =>
    generator.kind === 'untestable' || generator.judge(args) === 'valid';
  const withNull = all.find((args) => JSON.stringify(args).includes('null'));
  const largest = all.toSorted((a, b) => JSON.stringify(b).length - JSON.stringify(a).length)[0];
  const plain = new Set([...all.slice(0, PLAIN_CALLS), ...(largest === undefined ? [] : [largest])]);
  for (const args of plain) yield toPlain(args, 'arguments');
  if (withNull !== undefined && !plain.has(withNull)) yield toPlain(withNull, 'null');
  const marked = withToken(tool, first, strange, context.settingsOf(tool));
  if (marked !== undefined && isValid(marked)) yield toPlain(marked, 'text');
  yield* listLarge(all, isValid);
}

function toPlain(args: JsonObject, about: string): TwinCall {
  return { arguments: args, text: JSON.stringify(args), respell: asItIs, about };
}

function asItIs(text: string): string {
  return text;
}

/** The same with large integers in place of a number, wherever the tool takes one. */
function* listLarge(all: readonly JsonObject[], isValid: (args: JsonObject) => boolean): Iterable<TwinCall> {
  for (const { rounded, exact } of integers) {
    const found = findMap(all, (args) => {
      const large = replaceNumber(args, Number(rounded));
      return large !== undefined && isValid(large) ? large : undefined;
    });
    if (found === undefined) continue;
    const respell = (text: string): string => text.replaceAll(rounded, exact);
    yield { arguments: found, text: respell(JSON.stringify(found)), respell, about: 'large integers' };
  }
}

/** A copy with another number in the place of the first whole one; undefined where there is none. */
function replaceNumber(args: JsonObject, number: number): JsonObject | undefined {
  let isDone = false;
  const replace = (value: JsonValue): JsonValue => {
    if (isDone) return value;
    if (typeof value === 'number' && Number.isInteger(value)) {
      isDone = true;
      return number;
    }
    if (Array.isArray(value)) return (value as readonly JsonValue[]).map(replace);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replace(member)]));
  };
  const replaced = replace(args);
  return isDone && isJsonObject(replaced) ? replaced : undefined;
}

function findMap<Item, Value>(
  items: readonly Item[],
  map: (item: Item) => Value | undefined,
): Value | undefined {
  for (const item of items) {
    const value = map(item);
    if (value !== undefined) return value;
  }
  return undefined;
}
