import type { KnownFinding } from '../../baseline/known-finding.ts';
import { toPlain, wrap } from '../wrap.ts';

/** What is in the baseline and was not seen any more, and what to do about it. */
export function toGoneText(gone: readonly KnownFinding[], width: number): string {
  return [
    'In the baseline, but not seen any more:',
    ...gone.map(({ id, check, tool, title }) => {
      const subject = tool === undefined ? check : `${check} [${tool}]`;
      return wrap(toPlain(`${id} ${subject}: ${title}`), width, '  ', '    ');
    }),
    wrap('If it is mended, run again with --update-baseline, and commit the baseline.', width, '  ', '  '),
  ].join('\n');
}
