/**
 * Text that comes from a server, as text in what GitHub shows: no link, mention, markup, HTML, cell or line of its own.
 *
 * Character references are read after markup is (CommonMark 2.5), so what they stand for is never markup. Mentions, issue
 * numbers and addresses are looked for in the finished text: a space of no width parts them.
 */
export function toPlain(text: string): string {
  return toOneLine(text).replaceAll(/[&<>|`*_~[\]\\$]|:(?=\S)|[@#]|\bwww(?=\.)|\bGH(?=-)/gi, (found) =>
    /^(?:[@#]|www|GH)$/i.test(found) ? `${found}&#8203;` : `&#${found.charCodeAt(0)};`,
  );
}

/** A code span in HTML: unlike backticks it needs no fence longer than its content. */
export function toCode(text: string): string {
  return `<code>${toPlain(text)}</code>`;
}

/**
 * Text that comes from a server, within a line of ours, for those who read Markdown as it is written: backslashes before what
 * would be markup, an address that is made a link, or a cell's end (CommonMark 2.4), and none within words. It must not begin a line.
 */
export function toInline(text: string): string {
  return toOneLine(text).replaceAll(
    /[\\`*[\]<|~$@]|(?<![a-z\d])_|_(?![a-z\d])|&(?=#?\w+;)|:(?=\/\/)|(?<=\bwww)\./gi,
    '\\$&',
  );
}

/** A code span (CommonMark 6.1); where a table's cell could not hold it as it is, in HTML. */
export function toCodeSpan(text: string): string {
  const line = toOneLine(text);
  return line.trim() !== line || line === '' || /[`|\\]/.test(line) ? toCode(line) : `\`${line}\``;
}

/** A fenced code block (CommonMark 4.5), its fence longer than any run of backticks within. */
export function toFenced(text: string, language = ''): string {
  const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(runs.reduce((longest, length) => Math.max(longest, length + 1), 3));
  return `${fence}${language}\n${toLines(text)}\n${fence}`;
}

/** The start of a text that is too long, well-formed, with a sign that there is more. */
export function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength).trimEnd().toWellFormed()}…`;
}

function toOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\uFFFD');
}

/** Of what is not seen, line breaks, tabs and joiners stay. */
function toLines(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\uFFFD');
}
