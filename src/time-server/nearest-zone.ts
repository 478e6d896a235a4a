import { distance } from 'fastest-levenshtein';
import { zoneNames } from './zone-names.ts';

/** Longer text is no typing error of a zone, and comparing it would cost time without bound. */
const maxLength = 64;

/**
 * The known zone whose name, or whose place (`Paris` in `Europe/Paris`), is most like the text; undefined
 * when none is.
 *
 * Letter case is ignored, and a space is read as the underscore it stands for. Of several the first in
 * alphabetical order.
 */
export function nearestZone(text: string): string | undefined {
  if (text.length > maxLength) return undefined;
  const wanted = normalize(text);
  let nearest: { readonly name: string; readonly edits: number } | undefined;
  for (const name of [...zoneNames].toSorted()) {
    const candidate = normalize(name);
    // A place that is right needs no region: prefer it only to names that are more than one letter off.
    const place = candidate.slice(candidate.lastIndexOf('/') + 1);
    const edits = Math.min(distance(wanted, candidate), distance(wanted, place) + 1);
    if (nearest === undefined || edits < nearest.edits) nearest = { name, edits };
  }
  // With more than half of the letters wrong, the name is no hint.
  return nearest !== undefined && nearest.edits <= wanted.length / 2 ? nearest.name : undefined;
}

function normalize(text: string): string {
  return text.trim().toLowerCase().replaceAll(' ', '_');
}
