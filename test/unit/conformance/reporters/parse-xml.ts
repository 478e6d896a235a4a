export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

interface OpenElement extends Element {
  readonly children: Element[];
  text: string;
}

const token =
  /<\/(?<end>[\w-]+)>|<(?<start>[\w-]+)(?<attributes>(?: [\w-]+="[^"<]*")*)(?<empty>\/)?>|(?<text>[^<]+)/y;

/** Reads the XML that reports are made of; throws at whatever else: strict, since no reader may have to guess. */
export function parseXml(document: string): Element {
  const prolog = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!document.startsWith(prolog)) throw new Error('no prolog');
  const roots: Element[] = [];
  const open: OpenElement[] = [];
  token.lastIndex = prolog.length;
  while (token.lastIndex < document.length) {
    const at = token.lastIndex;
    const { end, start, attributes = '', empty, text } = token.exec(document)?.groups ?? {};
    const parent = open.at(-1);
    if (text !== undefined) {
      if (parent === undefined && text.trim() !== '') throw new Error(`text outside: ${text}`);
      if (parent !== undefined) parent.text += decode(text);
    } else if (end !== undefined) {
      if (open.pop()?.name !== end) throw new Error(`</${end}> ends nothing`);
    } else if (start !== undefined) {
      const element = { name: start, attributes: readAttributes(attributes), children: [], text: '' };
      (parent?.children ?? roots).push(element);
      if (empty === undefined) open.push(element);
    } else {
      throw new Error(`no XML: ${document.slice(at, at + 80)}`);
    }
  }
  const [root] = roots;
  if (root === undefined || roots.length > 1 || open.length > 0) throw new Error('not one element');
  return root;
}

function readAttributes(text: string): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/ ([\w-]+)="([^"]*)"/g)) {
    if (name in attributes) throw new Error(`${name} twice`);
    attributes[name] = decode(value);
  }
  return attributes;
}

function decode(text: string): string {
  const names: Readonly<Record<string, string>> = {
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    '#10': '\n',
    '#9': '\t',
  };
  return text.replace(/&([^;]*);|&/g, (reference, name: string | undefined) => {
    const character = names[name ?? ''];
    if (character === undefined) throw new Error(`no reference: ${reference}`);
    return character;
  });
}
