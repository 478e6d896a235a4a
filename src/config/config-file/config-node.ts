/** A value of a configuration file, and where it stands in the text. */
export type ConfigNode = ObjectNode | ListNode | ScalarNode;

/** Members in the order of the text; a key may be there twice. */
export interface ObjectNode extends Place {
  readonly kind: 'object';
  readonly members: readonly Member[];
}

interface ListNode extends Place {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
}

export interface ScalarNode extends Place {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** A string's value; a number's, or boolean's, text as written. */
  readonly text: string;
}

export interface Member {
  readonly key: string;
  readonly keyOffset: number;
  readonly value: ConfigNode;
}

interface Place {
  /** In UTF-16 code units from the start of the text. */
  readonly offset: number;
  readonly path: NodePath;
}

/** Keys and indices from the root. */
export type NodePath = readonly (string | number)[];

/** Something wrong at a place of the text; `message` is one line, holds no secrets, and says what to write instead. */
export interface Fault {
  readonly offset: number;
  readonly message: string;
}

/** What a text holds: no root when it holds nothing, or cannot be read. */
export interface ParsedText {
  readonly root?: ConfigNode;
  readonly faults: readonly Fault[];
}

/** Nesting that no configuration needs: what is deeper is refused before it exhausts the stack. */
export const maxDepth = 100;

/** The last member with that key, as JSON.parse has it; undefined in what is no object. */
export function memberOf(node: ConfigNode | undefined, key: string): Member | undefined {
  return node?.kind === 'object' ? node.members.findLast((member) => member.key === key) : undefined;
}

/** The value without places; its objects have no prototype, so that every key is an own one. */
export function toValue(node: ConfigNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(toValue);
    case 'object': {
      const object = Object.create(null) as Record<string, unknown>; // it has no members yet
      for (const { key, value } of node.members) object[key] = toValue(value);
      return object;
    }
  }
}

/** The node at a JSON Pointer (RFC 6901) that leads into the tree, and the member that holds it. */
export function nodeAt(root: ConfigNode, pointer: string): { node: ConfigNode; member?: Member } {
  let found: { node: ConfigNode; member?: Member } = { node: root };
  for (const token of pointer.split('/').slice(1)) {
    const { node } = found;
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const member = memberOf(node, name);
    const next = node.kind === 'list' ? node.items[Number(name)] : member?.value;
    if (next === undefined) throw new Error(`nothing is at ${pointer}`);
    found = { node: next, ...(member !== undefined && { member }) };
  }
  return found;
}

/** Every key that an object has twice. */
export function findDuplicateKeys(node: ConfigNode, lineOf: (offset: number) => number): readonly Fault[] {
  if (node.kind === 'scalar') return [];
  if (node.kind === 'list') return node.items.flatMap((item) => findDuplicateKeys(item, lineOf));
  const seen = new Map<string, number>();
  const faults: Fault[] = [];
  for (const { key, keyOffset, value } of node.members) {
    const first = seen.get(key);
    if (first === undefined) seen.set(key, keyOffset);
    else {
      const message = `${serverPrefix(node.path)}${quote(key)} is there twice, first in line ${lineOf(first)}; keep one`;
      faults.push({ offset: keyOffset, message });
    }
    faults.push(...findDuplicateKeys(value, lineOf));
  }
  return faults;
}

/** A key or value in quotation marks, in one line, and not too long. */
export function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  // JSON.stringify escapes lone surrogates and most control characters, not all.
  const escaped = JSON.stringify(short)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"');
  return `'${escaped.replaceAll(/[\u007f-\u009f\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`;
}

/** What a path leads to, in words: `server 'time': 'env.TZ'`. */
export function nameOf(path: NodePath): string {
  const [root, server, ...rest] = path;
  if (root === undefined) return 'the file';
  const isServer = (root === 'mcpServers' || root === 'servers') && server !== undefined;
  if (!isServer) return quote(joined(path));
  return `server ${quote(String(server))}${rest.length > 0 ? `: ${quote(joined(rest))}` : ''}`;
}

/** Which server a path is in, as the start of a sentence about something else; '' outside of servers. */
export function serverPrefix(path: NodePath): string {
  return path.length >= 2 && (path[0] === 'mcpServers' || path[0] === 'servers')
    ? `${nameOf(path.slice(0, 2))}: `
    : '';
}

function joined(path: NodePath): string {
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at > 0 ? '.' : ''}${step}`))
    .join('');
}
