import { toDuration } from '../parse-values.ts';
import type { ConfigNode } from './config-node.ts';
import { addFault, readBoolean, readNumber, readText, type ReadContext } from './field-reader.ts';

/** Seconds, or with a unit; milliseconds come out. */
export function readDuration(node: ConfigNode | undefined, context: ReadContext): number | undefined {
  const read = readText(node, context);
  if (read === undefined || readBoolean(node) !== undefined || (readNumber(node) ?? 1) <= 0) return undefined;
  const duration = toDuration(read.text);
  if ('ms' in duration) return duration.ms;
  // The value may come from a variable: it is not repeated.
  addFault(context, read.node, `${duration.says}; write seconds, or a unit as in "500ms", "60s" or "2m"`);
  return undefined;
}
