import { toVisible } from './visible.ts';

/** An XML element, or text. */
export type XmlNode = string | XmlElement;

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly children: readonly XmlNode[];
}

export function element(
  name: string,
  attributes: XmlElement['attributes'],
  children: readonly XmlNode[] = [],
): XmlElement {
  return { name, attributes, children };
}

/** A document with this root (XML 1.0); characters that XML cannot have are written as JSON would escape them. */
export function toXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, '')}\n`;
}

function write({ name, attributes, children }: XmlElement, indent: string): string {
  const head = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`)
    .join('');
  if (children.length === 0) return `${indent}<${name}${head}/>`;
  // Beside text, white space would be text too.
  const isText = children.some((child) => typeof child === 'string');
  const inner = children.map((child) =>
    typeof child === 'string' ? escape(child) : write(child, isText ? '' : `${indent}  `),
  );
  const [gap, end] = isText ? ['', ''] : ['\n', `\n${indent}`];
  return `${indent}<${name}${head}>${gap}${inner.join(gap)}${end}</${name}>`;
}

function escape(text: string): string {
  return toVisible(text, { keepsLines: true })
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** XML 1.0 section 3.3.3: a reader makes spaces of line breaks and tabs that are not references. */
function escapeAttribute(text: string): string {
  return escape(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}
