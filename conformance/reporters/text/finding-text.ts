import type { Finding } from '../../findings/finding.ts';
import { toFields } from '../finding-fields.ts';
import { cut, toPlain, wrap } from '../wrap.ts';
import type { Paint } from './paint.ts';

const SHOWN_TEXT = 400;

/** A finding for a terminal. */
export function toFindingText(finding: Finding, number: number, width: number, paint: Paint): string {
  const { severity, isFlaky, isKnown = false, tool, title } = finding;
  const word = isFlaky ? `flaky ${severity}` : isKnown ? `known ${severity}` : severity;
  const subject = tool === undefined ? '' : ` [${tool}]`;
  const head = wrap(
    toPlain(cut(title, SHOWN_TEXT) + cut(subject, SHOWN_TEXT)),
    width,
    `${number}. ${word}: `,
    '   ',
  );
  const colour = isFlaky || isKnown || severity === 'warning' ? paint.doubtful : paint.bad;
  const fields = toFields(finding).map(({ name, text, isWhole }) => {
    const label = `   ${(name.startsWith('-') || name.startsWith('<') ? name : `${name}:`).padEnd(10)} `;
    const plain = toPlain(isWhole === true ? text : cut(text, SHOWN_TEXT));
    const body =
      isWhole === true
        ? label + plain
        : wrap(plain, width, label, ' '.repeat(label.length), { breaksWords: true });
    return paint.faint(body.slice(0, label.length)) + body.slice(label.length);
  });
  return [head.replace(word, colour(word)), ...fields].join('\n');
}
