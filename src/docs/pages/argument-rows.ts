import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { toTypeWords } from '../agents/type-words.ts';
import { follow } from './references.ts';

/** An argument as a table names it: `options.limit`, `items[].id`. */
export interface ArgumentRow {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
  /** `at least 1`, `default "x"`. */
  readonly constraints: readonly string[];
}

const maxRows = 150;
const maxDepth = 3;
const maxTextLength = 2_000;

/** The members of a schema and of what is in them, as far as a table can show them; the rest is in the document. */
export function toArgumentRows(document: JsonObject, schema: JsonValue | undefined): readonly ArgumentRow[] {
  const rows: ArgumentRow[] = [];
  const add = (value: JsonValue | undefined, prefix: string, depth: number): void => {
    const target = follow(document, value);
    if (target === undefined || depth > maxDepth) return;
    const required = new Set(Array.isArray(target['required']) ? target['required'] : []);
    for (const [name, member] of Object.entries(membersOf(target))) {
      if (rows.length >= maxRows) return;
      const found = { ...follow(document, member), ...(isJsonObject(member) ? member : {}) };
      const path = `${prefix}${shorten(name, 200)}`;
      rows.push({
        name: path,
        type: shorten(toTypeWords(document, member), 200),
        isRequired: required.has(name),
        description:
          typeof found['description'] === 'string' ? shorten(found['description'], maxTextLength) : '',
        constraints: toConstraints(found),
      });
      add(member, `${path}.`, depth + 1);
      if (found['items'] !== undefined) add(found['items'], `${path}[].`, depth + 1);
    }
    const parts = target['allOf'];
    if (Array.isArray(parts)) for (const part of parts) add(part, prefix, depth + 1);
  };
  add(schema, '', 0);
  return rows;
}

const words: ReadonlyArray<readonly [keyword: string, words: string]> = [
  ['minimum', 'at least'],
  ['exclusiveMinimum', 'more than'],
  ['maximum', 'at most'],
  ['exclusiveMaximum', 'less than'],
  ['multipleOf', 'a multiple of'],
  ['minLength', 'length at least'],
  ['maxLength', 'length at most'],
  ['minItems', 'items at least'],
  ['maxItems', 'items at most'],
  ['pattern', 'matches'],
  ['default', 'default'],
];

function toConstraints(schema: JsonObject): readonly string[] {
  const said = words.flatMap(([keyword, text]) => {
    const value = schema[keyword];
    if (value === undefined) return [];
    const written = typeof value === 'string' && keyword === 'pattern' ? value : JSON.stringify(value);
    return [`${text} ${shorten(written, 120)}`];
  });
  return schema['uniqueItems'] === true ? [...said, 'each item once'] : said;
}

function membersOf(schema: JsonObject): JsonObject {
  return isJsonObject(schema['properties']) ? schema['properties'] : {};
}

function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
}
