/** Where a text stops being JSON, in the words of the decoder that mcpo's clients know. */
export interface JsonFault {
  /** In code points from the start. */
  readonly offset: number;
  readonly message: string;
}

/**
 * Finds the first fault of a JSON text as Python's decoder reports it; undefined when that decoder takes the text.
 *
 * It takes more than RFC 8259: `NaN`, `Infinity` and `-Infinity` are numbers, and keys may repeat.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: Container[] = [];
  let at = afterSpace(text, 0);
  let state: 'value' | 'first_item' | 'first_key' | 'key' | 'after' = 'value';
  for (;;) {
    if (state === 'after') {
      at = afterSpace(text, at);
      const container = open.at(-1);
      if (container === undefined) return at === text.length ? undefined : fault(text, at, 'Extra data');
      if (text[at] === container) {
        open.pop();
        at += 1;
      } else if (text[at] === ',') {
        at = afterSpace(text, at + 1);
        state = container === '}' ? 'key' : 'value';
      } else {
        return fault(text, at, "Expecting ',' delimiter");
      }
    } else if (state === 'key' || state === 'first_key') {
      if (state === 'first_key' && text[at] === '}') {
        open.pop();
        at += 1;
        state = 'after';
        continue;
      }
      if (text[at] !== '"') return fault(text, at, 'Expecting property name enclosed in double quotes');
      const end = stringEnd(text, at);
      if (typeof end !== 'number') return end;
      at = afterSpace(text, end);
      if (text[at] !== ':') return fault(text, at, "Expecting ':' delimiter");
      at = afterSpace(text, at + 1);
      state = 'value';
    } else {
      if (state === 'first_item' && text[at] === ']') {
        open.pop();
        at += 1;
        state = 'after';
        continue;
      }
      const character = text[at];
      if (character === '{' || character === '[') {
        open.push(character === '{' ? '}' : ']');
        at = afterSpace(text, at + 1);
        state = character === '{' ? 'first_key' : 'first_item';
        continue;
      }
      const end = character === '"' ? stringEnd(text, at) : scalarEnd(text, at);
      if (end === undefined) return fault(text, at, 'Expecting value');
      if (typeof end !== 'number') return end;
      at = end;
      state = 'after';
    }
  }
}

/** The bracket that closes it. */
type Container = '}' | ']';

const scalar = /(?:null|true|false|NaN|-?Infinity|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
const space = /[ \t\n\r]*/y;

function afterSpace(text: string, at: number): number {
  space.lastIndex = at;
  space.test(text);
  return space.lastIndex;
}

function scalarEnd(text: string, at: number): number | undefined {
  scalar.lastIndex = at;
  return scalar.test(text) ? scalar.lastIndex : undefined;
}

function stringEnd(text: string, open: number): number | JsonFault {
  for (let at = open + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return fault(text, at, 'Invalid control character at');
    if (code !== 0x5c) continue;
    const escape = text[at + 1];
    if (escape === undefined) break;
    if (escape === 'u') {
      if (!/^[\da-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) {
        return fault(text, at + 1, 'Invalid \\uXXXX escape');
      }
      at += 5;
    } else if ('"\\/bfnrt'.includes(escape)) {
      at += 1;
    } else {
      return fault(text, at, 'Invalid \\escape');
    }
  }
  return fault(text, open, 'Unterminated string starting at');
}

function fault(text: string, at: number, message: string): JsonFault {
  const pairs = text.slice(0, at).match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g);
  return { offset: at - (pairs?.length ?? 0), message };
}
