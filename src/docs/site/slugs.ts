import { createHash } from 'node:crypto';

/** Characters of a slug, but for what is added to tell two apart: a path of three of them fits every file system. */
const maxLength = 60;

/** What Windows takes for a device, whatever follows the dot. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/**
 * A name for a file or a folder for each of the names: lower-case letters, digits, `-` and `_`, different also where case
 * does not count. The same names have the same slugs, in whatever order they come.
 *
 * @param reserved slugs that nobody gets
 */
export function toSlugs(
  names: Iterable<string>,
  reserved: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, string> {
  const sorted = [...new Set(names)].toSorted((a, b) => (a < b ? -1 : 1));
  const counts = new Map<string, number>();
  for (const name of sorted) counts.set(toPlain(name), (counts.get(toPlain(name)) ?? 0) + 1);
  const taken = new Set(reserved);
  const slugs = new Map<string, string>();
  const give = (name: string, slug: string): void => {
    taken.add(slug);
    slugs.set(name, slug);
  };
  // Who is a slug already keeps its name; of the others, those that would be taken for another are told apart.
  for (const name of sorted) if (name === toPlain(name) && isFree(name, taken)) give(name, name);
  for (const name of sorted) {
    if (slugs.has(name)) continue;
    const plain = toPlain(name);
    if (counts.get(plain) === 1 && isFree(plain, taken)) give(name, plain);
    else give(name, toMarked(name, plain, taken));
  }
  return slugs;
}

function toPlain(name: string): string {
  // Far more than is kept: a name of a million characters is not normalized whole.
  const start = name.slice(0, maxLength * 4).normalize('NFKD');
  const words = start
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-');
  return words
    .replace(/^[-_]+/, '')
    .slice(0, maxLength)
    .replace(/-+$/, '');
}

function isFree(slug: string, taken: ReadonlySet<string>): boolean {
  return slug !== '' && !devices.test(slug) && !taken.has(slug);
}

function toMarked(name: string, plain: string, taken: ReadonlySet<string>): string {
  const digest = createHash('sha256').update(name).digest('hex');
  for (let length = 8; ; length += 8) {
    const slug = `${plain === '' ? 'x' : plain}-${digest.slice(0, length)}`;
    if (isFree(slug, taken)) return slug;
  }
}
