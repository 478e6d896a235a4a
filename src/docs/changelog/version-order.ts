/**
 * Orders names of versions and dates, the older first: numbers by what they are worth (`v1.9` before `v1.10`), a leading
 * `v` aside, and what is said to come before a release before it (`2.0-rc.1` before `2.0`).
 */
export function compareVersions(a: string, b: string): number {
  const [partsA, partsB] = [toParts(a), toParts(b)];
  for (let at = 0; at < Math.max(partsA.length, partsB.length); at++) {
    const order = compareParts(partsA[at], partsB[at]);
    if (order !== 0) return order;
  }
  return a === b ? 0 : a < b ? -1 : 1;
}

function toParts(name: string): readonly string[] {
  return (
    name
      .toLowerCase()
      .replace(/^v(?=\d)/, '')
      .match(/\d+|[^\d.\-_ +]+/g) ?? []
  );
}

const beforeRelease = /^(?:alpha|beta|canary|dev|next|pre|preview|rc|snapshot)$/;

function compareParts(a: string | undefined, b: string | undefined): number {
  const ranks = [toRank(a), toRank(b)] as const;
  if (ranks[0] !== ranks[1]) return ranks[0] - ranks[1];
  if (a === undefined || b === undefined) return 0;
  return ranks[0] === 3 ? compareNumbers(a, b) : a < b ? -1 : a > b ? 1 : 0;
}

/** What is not there comes after what is before a release, and before all else. */
function toRank(part: string | undefined): number {
  if (part === undefined) return 1;
  if (/^\d/.test(part)) return 3;
  return beforeRelease.test(part) ? 0 : 2;
}

/** By their digits: a date with a time has more of them than a number keeps. */
function compareNumbers(a: string, b: string): number {
  const [digitsA, digitsB] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (digitsA.length !== digitsB.length) return digitsA.length - digitsB.length;
  return digitsA < digitsB ? -1 : digitsA > digitsB ? 1 : 0;
}
