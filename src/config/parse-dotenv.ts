/** What a .env file says. */
export interface Dotenv {
  readonly values: ReadonlyMap<string, string>;
  /** Lines, counted from 1, where a statement starts that cannot be read; they set nothing. */
  readonly badLines: readonly number[];
}

/** Where `${NAME}` in a .env file looks besides the lines above. */
export interface DotenvOptions {
  /** The environment around the file. */
  readonly outer: (name: string) => string | undefined;
  /** Which of the two is asked first. */
  readonly first: 'file' | 'outer';
}

/**
 * Parses a .env file as python-dotenv does: `KEY=value` lines, also after `export`; quotes, which may hold several
 * lines; comments after white space; `${NAME}` and `${NAME:-default}`, where what is not set is empty. Text in single
 * quotes stays as it is.
 *
 * @example parseDotenv('A=1\nB=${A}/2', { outer: () => undefined, first: 'file' }).values.get('B') // '1/2'
 */
export function parseDotenv(source: string, { outer, first }: DotenvOptions): Dotenv {
  const reader = new Reader(source.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n'));
  const values = new Map<string, string>();
  const badLines: number[] = [];
  const lookUp = (name: string): string | undefined =>
    first === 'file' ? (values.get(name) ?? outer(name)) : (outer(name) ?? values.get(name));
  while (!reader.isAtEnd) {
    if (reader.take(blank) !== undefined) continue;
    const line = reader.line;
    const statement = readStatement(reader, lookUp);
    if (statement === undefined) {
      badLines.push(line);
      reader.take(restOfLine);
    } else values.set(...statement);
  }
  return { values, badLines };
}

const space = String.raw`[^\S\n]*`;
const blank = new RegExp(String.raw`${space}(?:#[^\n]*)?(?:\n|$)`, 'y');
const assignment = new RegExp(
  String.raw`${space}(?:export[^\S\n]+)?(?:'([^'\n\0]+)'|([^=#\s'"\0]+))${space}=${space}`,
  'y',
);
// No program can be given a NUL character.
const singleQuoted = /'((?:\\'|[^'\0])*)'/y;
const doubleQuoted = /"((?:\\"|[^"\0])*)"/y;
const unquoted = /[^\n\0]*(?:\n|$)/y;
const restOfLine = /[^\n]*(?:\n|$)/y;

function readStatement(
  reader: Reader,
  lookUp: (name: string) => string | undefined,
): readonly [string, string] | undefined {
  const match = reader.take(assignment);
  const name = match?.[1] ?? match?.[2];
  const value = name === undefined ? undefined : readValue(reader, lookUp);
  return name === undefined || value === undefined ? undefined : [name, value];
}

function readValue(reader: Reader, lookUp: (name: string) => string | undefined): string | undefined {
  switch (reader.next) {
    case "'": {
      const text = reader.take(singleQuoted)?.[1];
      if (text === undefined || reader.take(blank) === undefined) return undefined;
      return text.replaceAll(/\\([\\'])/g, '$1');
    }
    case '"': {
      const text = reader.take(doubleQuoted)?.[1];
      if (text === undefined || reader.take(blank) === undefined) return undefined;
      return interpolate(
        text.replaceAll(/\\([\\'"abfnrtv])/g, (_all, letter: string) => escapes[letter] ?? letter),
        lookUp,
      );
    }
    default: {
      const text = reader.take(unquoted)?.[0];
      return text === undefined ? undefined : interpolate(text.replace(/(?:^|\s)#.*/, '').trim(), lookUp);
    }
  }
}

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function interpolate(text: string, lookUp: (name: string) => string | undefined): string {
  return text.replaceAll(
    /\$\{([^}:]*)(?::-([^}]*))?\}/g,
    (_all, name: string, fallback: string | undefined) => lookUp(name) ?? fallback ?? '',
  );
}

/** A text, and how far it has been read. */
class Reader {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  get next(): string {
    return this.#text.charAt(this.#at);
  }

  /** Counted from 1. */
  get line(): number {
    return this.#line;
  }

  /** Matches a sticky pattern here, and goes on after it. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at += match[0].length;
    this.#line += match[0].split('\n').length - 1;
    return match;
  }
}
