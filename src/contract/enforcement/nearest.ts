import { distance } from 'fastest-levenshtein';

const maxLength = 200;
const maxNames = 5_000;
const maxAnswers = 3;

/**
 * The names closest to an unknown path, best first; none when comparing them all would be long.
 *
 * @param path a raw URL path
 */
export function findNearest(path: string, names: readonly string[]): readonly string[] {
  if (path.length > maxLength || names.length > maxNames) return [];
  const wanted = decode(path.replace(/^\/+|\/+$/g, '')).toLowerCase();
  const bound = Math.max(2, Math.floor(wanted.length / 3));
  const near: { readonly name: string; readonly cost: number }[] = [];
  for (const name of names) {
    // The difference in length is a lower bound of the distance.
    if (Math.abs(name.length - wanted.length) > bound) continue;
    const cost = distance(wanted, name.toLowerCase());
    if (cost <= bound) near.push({ name, cost });
  }
  near.sort((a, b) => a.cost - b.cost || (a.name < b.name ? -1 : 1));
  return near.slice(0, maxAnswers).map(({ name }) => name);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
