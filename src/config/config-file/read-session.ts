import type { SessionPolicy } from '../../upstream/users/session-policy.ts';
import { toTrait } from '../../upstream/users/user-trait.ts';
import type { ConfigNode } from './config-node.ts';
import { addFault, fieldOf, readNumber, readText, requireCallers, type ReadContext } from './field-reader.ts';
import { readDuration } from './read-duration.ts';

/** Reads what tells the users of a server apart, and how many of them have a session at a time. */
export function readSession(node: ConfigNode | undefined, context: ReadContext): SessionPolicy | undefined {
  const read = readText(fieldOf(node, context, 'key'), context);
  const max = readNumber(fieldOf(node, context, 'max')) ?? 50;
  const idleTimeoutMs = readDuration(fieldOf(node, context, 'idleTimeout'), context) ?? 600_000;
  if (read === undefined) return undefined;
  const key = toKey(read.text);
  if (key === undefined) {
    // Of anything else that stands in the file itself the schema tells.
    if (read.text.startsWith('claim:'))
      addFault(context, read.node, 'names no claim; write it as in claim:sub or claim:realm.tenant');
    else if (!read.isLiteral) addFault(context, read.node, `comes from a variable that is none of ${forms}`);
    return undefined;
  }
  if (key.kind === 'claim' || key.kind === 'key') requireCallers(context, read.node, key.kind);
  return { key, max, idleTimeoutMs };
}

const forms = "'credential', 'header:<name>', 'claim:<name>' and 'key:name'";

function toKey(text: string): SessionPolicy['key'] | undefined {
  if (text === 'credential') return { kind: 'credential' };
  const [, scheme, name] = /^(header|claim|key):(.+)$/s.exec(text) ?? [];
  return scheme === undefined || name === undefined ? undefined : toTrait(scheme, name);
}
