/**
 * Indents JSON text token by token: numbers and strings stay as they are written, where parsing and printing again
 * would round integers beyond 2^53.
 */
export function indentJson(text) {
  let indented = '';
  let depth = 0;
  let previous = '';
  for (const [token] of text.matchAll(tokens)) {
    const isClosing = token === '}' || token === ']';
    if (isClosing) depth -= 1;
    const isEmpty = isClosing && (previous === '{' || previous === '[');
    if (previous !== '' && !isEmpty && (isClosing || breaksAfter.has(previous))) {
      indented += `\n${'  '.repeat(Math.min(depth, 40))}`;
    }
    indented += token === ':' ? ': ' : token;
    if (token === '{' || token === '[') depth += 1;
    previous = token;
  }
  return indented;
}

/** The data URIs of images and sounds among the strings of a JSON value, at any depth, at most `limit`. */
export function findMedia(value, limit = 20) {
  if (typeof value === 'string') return /^data:(?:image|audio)\/[\w.+-]+;base64,/.test(value) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  const found = [];
  for (const member of Object.values(value)) {
    if (found.length >= limit) break;
    found.push(...findMedia(member, limit - found.length));
  }
  return found;
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const breaksAfter = new Set(['{', '[', ',']);
