import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { maxDepth, type ConfigNode, type Fault, type NodePath, type ParsedText } from './config-node.ts';

/** Parses JSON with comments and trailing commas; finds every mistake in it. */
export function parseJsonc(text: string): ParsedText {
  const errors: ParseError[] = [];
  let tree: Node | undefined;
  try {
    tree = parseTree(text, errors, { allowTrailingComma: true });
  } catch (error) {
    // The parser calls itself for each level.
    if (error instanceof RangeError) return tooDeep(0);
    throw error;
  }
  if (tree === undefined && text.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '').trim() === '') return { faults: [] };
  if (errors.length > 0 || tree === undefined) return { faults: toFaults(errors) };
  const deep = findDeep(tree);
  return deep === undefined ? { root: toNode(tree, text, []), faults: [] } : tooDeep(deep.offset);
}

/** One mistake often shows as several at one place. */
function toFaults(errors: readonly ParseError[]): readonly Fault[] {
  const faults = new Map<number, Fault>();
  for (const { error, offset } of errors) {
    const message = words[printParseErrorCode(error)] ?? 'this is no JSON';
    if (!faults.has(offset)) faults.set(offset, { offset, message });
  }
  return [...faults.values()];
}

/** The parser's own words would repeat nothing of the text either, but do not say what to do. */
const words: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no JSON; write text in double quotes, and true, false and null in lower case',
  InvalidNumberFormat: 'this is no number',
  PropertyNameExpected: 'a key in double quotes is missing here',
  ValueExpected: 'a value is missing here',
  ColonExpected: 'a colon is missing here',
  CommaExpected: 'a comma is missing here',
  CloseBraceExpected: "a closing '}' is missing here",
  CloseBracketExpected: "a closing ']' is missing here",
  EndOfFileExpected: 'the file goes on after its end; remove the rest',
  UnexpectedEndOfComment: "the comment is not closed; write '*/'",
  UnexpectedEndOfString: 'the closing double quote is missing',
  UnexpectedEndOfNumber: 'the number ends too early',
  InvalidUnicode: String.raw`'\u' needs four hexadecimal digits`,
  InvalidEscapeCharacter: String.raw`there is no such escape; write '\\' for a backslash`,
  InvalidCharacter: String.raw`a control character in text; write it as an escape, such as \n or \t`,
};

function toNode(node: Node, text: string, path: NodePath): ConfigNode {
  const { offset, children = [] } = node;
  switch (node.type) {
    case 'object':
      return {
        kind: 'object',
        offset,
        path,
        members: children.flatMap(({ children: [name, value] = [] }) => {
          if (name === undefined || value === undefined) return [];
          const key = String(name.value);
          return [{ key, keyOffset: name.offset, value: toNode(value, text, [...path, key]) }];
        }),
      };
    case 'array':
      return {
        kind: 'list',
        offset,
        path,
        items: children.map((item, at) => toNode(item, text, [...path, at])),
      };
    default: {
      const value = node.value as string | number | boolean | null; // what is left are scalars
      const written = typeof value === 'string' ? value : text.slice(offset, offset + node.length);
      return { kind: 'scalar', offset, path, value, text: written };
    }
  }
}

function findDeep(root: Node): Node | undefined {
  // A member is a node of its own, between an object and its value.
  const levels: (readonly [Node, number])[] = [[root, 1]];
  for (let next = levels.pop(); next !== undefined; next = levels.pop()) {
    const [node, depth] = next;
    if (depth > maxDepth) return node;
    for (const child of node.children ?? [])
      levels.push([child, node.type === 'property' ? depth : depth + 1]);
  }
  return undefined;
}

function tooDeep(offset: number): ParsedText {
  return { faults: [{ offset, message: `nested deeper than ${maxDepth} levels` }] };
}
