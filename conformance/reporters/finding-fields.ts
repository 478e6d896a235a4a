import type { Finding } from '../findings/finding.ts';

/** One thing that is said of a finding, for plain texts. */
export interface Field {
  readonly name: string;
  readonly text: string;
  /** True for what is there to be copied, and stays on one line. */
  readonly isWhole?: true;
}

/** What is said of a finding below its title, the most telling first. */
export function toFields(finding: Finding): readonly Field[] {
  const { check, earlier = [], expected, seen, lines, requirement, replay, replayElsewhere, curl } = finding;
  return [
    { name: 'check', text: check },
    ...earlier.map((call) => ({ name: 'after', text: `${call.tool} ${JSON.stringify(call.arguments)}` })),
    ...(finding.arguments === undefined
      ? []
      : [{ name: 'arguments', text: JSON.stringify(finding.arguments) }]),
    { name: 'expected', text: expected },
    { name: 'seen', text: seen },
    ...toOccurrences(finding),
    ...lines.map(({ direction, text }) => ({ name: direction === 'sent' ? '-->' : '<--', text })),
    { name: 'required', text: requirement.behaviour },
    { name: 'source', text: requirement.source, isWhole: true },
    { name: 'replay', text: replay, isWhole: true },
    ...(replayElsewhere === undefined
      ? []
      : [{ name: 'elsewhere', text: replayElsewhere, isWhole: true as const }]),
    ...(curl === undefined ? [] : [{ name: 'curl', text: curl, isWhole: true as const }]),
  ];
}

const SHOWN_PLACES = 8;

/** `7 times, at /limit, /name`; nothing when it was seen once, at no place. */
export function toOccurrences({ occurrences, places }: Finding): readonly Field[] {
  const times = occurrences > 1 ? [`${occurrences} times`] : [];
  const more = places.length > SHOWN_PLACES ? ` and ${places.length - SHOWN_PLACES} more` : '';
  const named = places.slice(0, SHOWN_PLACES).map((place) => (place === '' ? 'the root' : place));
  const where = places.length === 0 ? [] : [`at ${named.join(', ')}${more}`];
  const text = [...times, ...where].join(', ');
  return text === '' ? [] : [{ name: 'happened', text }];
}
