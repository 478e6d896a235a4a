import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  parseDocument,
  type Alias,
  type Document,
  type Node,
  type YAMLError,
} from 'yaml';
import {
  maxDepth,
  quote,
  type ConfigNode,
  type Fault,
  type Member,
  type NodePath,
  type ParsedText,
  type ScalarNode,
} from './config-node.ts';

/** Aliases can multiply; what is larger than this is refused. */
const maxNodes = 100_000;

/** Parses YAML 1.2; finds every mistake in it. */
export function parseYaml(text: string): ParsedText {
  let document: Document;
  try {
    // The library's own words repeat parts of the text, which may be secrets: only its codes are used.
    document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  } catch (error) {
    // The parser calls itself for each level.
    if (error instanceof RangeError) return { faults: [{ offset: 0, message: deepMessage }] };
    throw error;
  }
  const mistakes = [...document.errors, ...document.warnings];
  if (mistakes.length > 0) return { faults: toFaults(mistakes) };
  const faults: Fault[] = [];
  const context: Context = { document, faults, targets: new Map(), count: 0 };
  const isEmpty = isScalar(document.contents) && document.contents.source === '';
  if (document.contents === null || isEmpty) return { faults: [] };
  const root = toNode(document.contents, [], 0, context);
  return faults.length > 0 ? { faults } : { root, faults: [] };
}

interface Context {
  readonly document: Document;
  readonly faults: Fault[];
  /** What aliases stand for: to find one takes a walk through the document. */
  readonly targets: Map<Alias, Node | undefined>;
  count: number;
}

/** One mistake often shows as several at one place. */
function toFaults(errors: readonly YAMLError[]): readonly Fault[] {
  const faults = new Map<number, Fault>();
  for (const { code, pos, message } of errors) {
    const isOpen = code === 'BAD_INDENT' && message.startsWith('Flow ');
    if (!faults.has(pos[0]))
      faults.set(pos[0], { offset: pos[0], message: isOpen ? openMessage : words[code] });
  }
  return [...faults.values()];
}

const openMessage =
  'a [ or { before this is not closed; write the ] or } that is missing, or indent what is inside';
const deepMessage = `nested deeper than ${maxDepth} levels`;

const words: Readonly<Record<YAMLError['code'], string>> = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag of its own',
  BAD_ALIAS: 'text that begins with * or & needs quotes; write "*" for any text',
  BAD_COLLECTION_TYPE: 'the tag does not fit what follows it; remove it',
  BAD_DIRECTIVE: 'this directive is not known; remove the line',
  BAD_DQ_ESCAPE: String.raw`there is no such escape; write '\\' for a backslash, or use single quotes`,
  BAD_INDENT: 'the indentation does not fit; align the keys of an object, and indent what is inside of them',
  BAD_PROP_ORDER: 'an anchor or tag stands in the wrong place',
  BAD_SCALAR_START: 'text cannot start with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'this is nested where plain text belongs; start a new line, or put it in quotes',
  BLOCK_IN_FLOW: 'indented lines cannot stand inside of [ ] or { }',
  DUPLICATE_KEY: 'this key is there twice',
  IMPOSSIBLE: 'this is no YAML',
  KEY_OVER_1024_CHARS: 'this key is too long',
  MISSING_CHAR: 'a closing quote or bracket, a comma, or the colon after a key is missing',
  MULTILINE_IMPLICIT_KEY: 'a key must stand in one line',
  MULTIPLE_ANCHORS: 'a value can have only one anchor',
  MULTIPLE_DOCS: 'the file holds several documents; keep what is before the line ---',
  MULTIPLE_TAGS: 'a value can have only one tag',
  NON_STRING_KEY: 'a key must be text',
  RESOURCE_EXHAUSTION: deepMessage,
  TAB_AS_INDENT: 'a tab cannot indent; write spaces',
  TAG_RESOLVE_FAILED: 'tags such as !secret mean nothing here; remove it, or put the text in quotes',
  UNEXPECTED_TOKEN: 'this does not belong here; is the indentation right, or are quotes missing?',
};

function toNode(node: unknown, path: NodePath, around: number, context: Context): ConfigNode {
  const offset = offsetOf(node) ?? around;
  context.count += 1;
  if (path.length > maxDepth) return failed(offset, path, deepMessage, context);
  if (context.count === maxNodes + 1) return failed(offset, path, `more than ${maxNodes} values`, context);
  if (context.count > maxNodes) return { kind: 'scalar', offset, path, value: null, text: '' };
  if (isAlias(node)) {
    const target = targetOf(node, context);
    const isKnown = target !== undefined && !isAlias(target);
    if (!isKnown)
      return failed(offset, path, `no anchor before this is called ${quote(node.source)}`, context);
    return toNode(target, path, offset, context);
  }
  if (isMap(node))
    return { kind: 'object', offset, path, members: toMembers(node.items, path, offset, context) };
  if (isCollection(node)) {
    return {
      kind: 'list',
      offset,
      path,
      items: node.items.map((item, at) => toNode(item, [...path, at], offset, context)),
    };
  }
  // Nothing after a key or a dash is null.
  if (!isScalar(node)) return { kind: 'scalar', offset, path, value: null, text: '' };
  const { value, source } = node;
  if (typeof value === 'string') return { kind: 'scalar', offset, path, value, text: value };
  if (value === null) return { kind: 'scalar', offset, path, value, text: '' };
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) {
    return { kind: 'scalar', offset, path, value, text: source ?? String(value) };
  }
  return failed(offset, path, 'this value is neither text, nor a number, nor true or false', context);
}

function toMembers(
  pairs: readonly { readonly key: unknown; readonly value: unknown }[],
  path: NodePath,
  around: number,
  context: Context,
): readonly Member[] {
  const members: Member[] = [];
  for (const { key, value } of pairs) {
    const keyOffset = offsetOf(key) ?? around;
    const name = isAlias(key) ? targetOf(key, context) : key;
    if (!isScalar(name)) {
      context.faults.push({ offset: keyOffset, message: words.NON_STRING_KEY });
      continue;
    }
    const text = typeof name.value === 'string' ? name.value : (name.source ?? String(name.value));
    if (context.count > maxNodes) break;
    members.push({ key: text, keyOffset, value: toNode(value, [...path, text], keyOffset, context) });
  }
  return members;
}

function targetOf(alias: Alias, { document, targets }: Context): Node | undefined {
  if (!targets.has(alias)) targets.set(alias, alias.resolve(document));
  return targets.get(alias);
}

/** Stands for what has a fault: the tree is not used then. */
function failed(offset: number, path: NodePath, message: string, context: Context): ScalarNode {
  context.faults.push({ offset, message });
  return { kind: 'scalar', offset, path, value: null, text: '' };
}

function offsetOf(node: unknown): number | undefined {
  if (!isAlias(node) && !isCollection(node) && !isScalar(node)) return undefined;
  return node.range?.[0];
}
