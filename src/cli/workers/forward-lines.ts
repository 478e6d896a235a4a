import type { Readable } from 'node:stream';

/** What is kept of a line whose end did not come yet. */
const maxLineLength = 1024 * 1024;

/**
 * Hands on what a process writes in whole lines, so that those of several processes do not get into each other.
 *
 * @returns what resolves when it has written the last
 */
export async function forwardLines(from: Readable, write: (lines: string) => void): Promise<void> {
  let rest = '';
  from.setEncoding('utf8');
  from.on('data', (text: string) => {
    const end = text.lastIndexOf('\n');
    if (end === -1 && rest.length < maxLineLength) {
      rest += text;
      return;
    }
    const cut = end === -1 ? text.length : end + 1;
    write(rest + text.slice(0, cut));
    rest = text.slice(cut);
  });
  await new Promise((resolve) => {
    from.once('error', resolve);
    from.once('close', resolve);
  });
  if (rest !== '') write(`${rest}\n`);
}
