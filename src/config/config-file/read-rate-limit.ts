import { toQuota, toRateLimitBy, type RateLimit, type RateLimitBy } from '../../limits/rate-limit.ts';
import { memberOf, type ConfigNode } from './config-node.ts';
import {
  addFault,
  fieldOf,
  readText,
  requireCallers,
  type ReadContext,
  type ReadText,
} from './field-reader.ts';

/** Reads how often each client may call; puts into the context's faults whatever the schema cannot tell. */
export function readRateLimit(node: ConfigNode | undefined, context: ReadContext): RateLimit | undefined {
  const isPlain = node?.kind === 'scalar';
  const quota = readQuota(isPlain ? node : memberOf(node, 'limit')?.value, context);
  const by = readBy(isPlain ? undefined : memberOf(node, 'by')?.value, context);
  return quota && by && { ...quota, by };
}

/** Reads the same for single tools, by their names. */
export function readToolRateLimits(
  node: ConfigNode,
  context: ReadContext,
): ReadonlyMap<string, RateLimit> | undefined {
  const tools = fieldOf(node, context, 'toolRateLimits');
  if (tools?.kind !== 'object') return undefined;
  const limits = tools.members.flatMap(({ key, value }) => {
    const limit = readRateLimit(value, context);
    return limit === undefined ? [] : [[key, limit] as const];
  });
  return new Map(limits);
}

function readQuota(node: ConfigNode | undefined, context: ReadContext): Omit<RateLimit, 'by'> | undefined {
  // A number is no limit; the schema says so.
  const isText = node?.kind === 'scalar' && typeof node.value === 'string';
  const read = isText ? readText(node, context) : undefined;
  if (read === undefined) return undefined;
  const quota = toQuota(read.text);
  if (!('says' in quota)) return quota;
  addFault(context, read.node, `${shown(read)}${quota.says}`);
  return undefined;
}

function readBy(node: ConfigNode | undefined, context: ReadContext): RateLimitBy | undefined {
  if (node === undefined) return { kind: 'key' };
  const read = readText(node, context);
  const by = read && toRateLimitBy(read.text);
  if (read !== undefined && by === undefined) {
    const says = `${shown(read)}tells no clients apart; write key, address, claim:<name> or header:<name>`;
    addFault(context, read.node, says);
  }
  if (read !== undefined && by?.kind === 'claim') requireCallers(context, read.node, by.kind);
  return by;
}

/** The value of a variable is not repeated. */
function shown({ isLiteral, text }: ReadText): string {
  return isLiteral ? `is '${text}', which ` : 'comes from a variable that ';
}
