import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const [, threats = ''] = readFileSync('SECURITY.md', 'utf8').split(/^## (?:Threats|What is not protected)$/m);
const citation = /`(test\/[\w./-]+\.test\.ts) › ([^`]+)`/g;

test('every threat that SECURITY.md names has a test, under the heading of whoever it is from', () => {
  const sections = threats.split(/^### /m).slice(1);
  expect(sections.length).toBeGreaterThan(8);
  const bare = sections.flatMap((section) => {
    const [title = '', ...bullets] = section.split(/^(?=- )/m);
    if (bullets.length === 0) return [title.trim()];
    return bullets.filter((bullet) => bullet.match(citation) === null);
  });
  expect(bare).toEqual([]);
});

test('every test that SECURITY.md cites exists, to the letter', () => {
  const cited = [...threats.matchAll(citation)].map(([, file = '', title = '']) => ({ file, title }));
  expect(cited.length).toBeGreaterThan(60);
  // What looks like a citation and is none would go unseen.
  expect(threats.match(/`test\//g)).toHaveLength(cited.length);
  expect(cited.filter(({ file, title }) => !has(file, title))).toEqual([]);
});

function has(file: string, title: string): boolean {
  if (!existsSync(file)) return false;
  const source = readFileSync(file, 'utf8');
  const plain = title.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return new RegExp(`(['"\`])${plain}\\1,\\s`).test(source);
}
