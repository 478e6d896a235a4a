import type { StdioServerSettings } from '../server-settings.ts';
import type { ObjectNode } from './config-node.ts';
import { addFault, fieldOf, readNumber, type ReadContext } from './field-reader.ts';

/** Reads how many children a server has; undefined when nothing is said of it. What has a wrong type is left to the schema. */
export function readReplicas(server: ObjectNode, context: ReadContext): StdioServerSettings['replicas'] {
  const node = fieldOf(server, context, 'replicas');
  if (node === undefined) return undefined;
  if (fieldOf(server, context, 'session') !== undefined) {
    addFault(context, node, "and 'session' exclude each other: each user has a process anyway; keep one");
  }
  const count = readNumber(node);
  if (count !== undefined) return { min: count, max: count };
  const min = readNumber(fieldOf(node, context, 'min')) ?? 1;
  const max = readNumber(fieldOf(node, context, 'max'));
  if (max === undefined) return undefined;
  if (max < min) addFault(context, node, "has a 'max' below its 'min'; write one that is not");
  return { min, max };
}
