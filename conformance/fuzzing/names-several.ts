import { isJsonObject } from '../../src/index.ts';
import type { ListedTool } from '../target/list-tools.ts';

const MAX_LENGTH = 300;
/** Validators list what is wrong with one member after the other. */
const listsFaults = /\n|"path"|validation error|-32602/i;

/**
 * True when a refusal speaks of two members together, such as "from must not be after to": a rule that JSON Schema cannot
 * say, so that the schema is not to blame.
 */
export function namesSeveral({ source }: ListedTool, text: string): boolean {
  if (text.length > MAX_LENGTH || listsFaults.test(text)) return false;
  const { inputSchema } = source;
  const properties = isJsonObject(inputSchema) ? inputSchema['properties'] : undefined;
  if (!isJsonObject(properties)) return false;
  // A single letter may be a word of the language.
  const names = Object.keys(properties).filter(({ length }) => length > 1);
  return names.filter((name) => hasWord(text, name)).length > 1;
}

function hasWord(text: string, name: string): boolean {
  const at = text.indexOf(name);
  if (at === -1) return false;
  return !/\w/.test(text[at - 1] ?? ' ') && !/\w/.test(text[at + name.length] ?? ' ');
}
