import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { shorten, toCodeSpan, toInline } from '../markdown/markdown-text.ts';
import { followReference } from '../samples/follow-reference.ts';
import { toTypeWords } from './type-words.ts';

const maxRows = 200;
const maxCellLength = 400;

/** The arguments of a tool as rows, in the schema's order, the required ones first; undefined when it names none. */
export function toArgumentTable(document: JsonObject, schema: JsonObject): string | undefined {
  const root = followReference(document, schema);
  const properties = isJsonObject(root['properties']) ? Object.entries(root['properties']) : [];
  if (properties.length === 0) return undefined;
  const required = new Set(Array.isArray(root['required']) ? root['required'] : []);
  const sorted = properties.toSorted(([a], [b]) => Number(required.has(b)) - Number(required.has(a)));
  const rows = sorted.slice(0, maxRows).map(([name, property]) => {
    const cells = [
      toCodeSpan(shorten(name, maxCellLength)),
      toInline(shorten(toTypeWords(document, property), maxCellLength)),
      required.has(name) ? 'yes' : 'no',
      toInline(shorten(describe(document, property), maxCellLength)),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const more = sorted.length > maxRows ? [`\n… and ${sorted.length - maxRows} more, in the schema.`] : [];
  return ['| argument | type | required | description |', '| --- | --- | --- | --- |', ...rows, ...more].join(
    '\n',
  );
}

/** Of a reference with siblings, the siblings' words count. */
function describe(document: JsonObject, property: JsonValue): string {
  const own = isJsonObject(property) ? property : {};
  const { description, default: usual }: JsonObject = { ...followReference(document, own), ...own };
  const words = typeof description === 'string' ? description.trim().replaceAll(/\s+/g, ' ') : '';
  return usual === undefined
    ? words
    : `${words === '' ? '' : `${words} `}(default: ${shorten(JSON.stringify(usual), 80)})`;
}
