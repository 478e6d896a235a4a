import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SiteFile } from '../../../../src/docs/site/site.ts';
import { writeSite } from '../../../../src/docs/site/write-site.ts';
import { SiteError, UsageError } from '../../../../src/errors.ts';

let home = '';
let site = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'write-site-'));
  site = join(home, 'site');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const files = (contents: Readonly<Record<string, string>>): readonly SiteFile[] =>
  Object.entries(contents).map(([path, content]) => ({ path, content }));
const read = (path: string): string => readFileSync(join(site, path), 'utf8');
const manifest = '.mcpo-docs.json';

function* failing(): Generator<SiteFile> {
  yield { path: 'index.html', content: 'two' };
  throw new Error('a defect');
}

describe('writing a site', () => {
  test('makes the folder and those above it, and counts', async () => {
    site = join(home, 'a', 'b', 'site');
    const written = await writeSite(site, files({ 'index.html': 'one', 'time/é.md': 'é' }));
    expect(written).toEqual({ files: 2, bytes: 5, changed: 2, removed: 0 });
    expect(read('time/é.md')).toBe('é');
    expect(readdirSync(site).toSorted()).toEqual([manifest, 'index.html', 'time']);
  });

  test('touches only what changed, and removes what is no longer part of it', async () => {
    await writeSite(site, files({ 'index.html': 'one', 'same.txt': 'same', 'old/tool.md': 'old' }));
    const past = new Date('2020-01-01');
    utimesSync(join(site, 'same.txt'), past, past);
    const written = await writeSite(site, files({ 'index.html': 'two', 'same.txt': 'same' }));
    expect(written).toEqual({ files: 2, bytes: 7, changed: 1, removed: 1 });
    expect(read('index.html')).toBe('two');
    expect(statSync(join(site, 'same.txt')).mtime).toEqual(past);
    expect(existsSync(join(site, 'old'))).toBe(false);
  });

  test('leaves files of others alone', async () => {
    await writeSite(site, files({ 'index.html': 'one', 'old/tool.md': 'old' }));
    writeFileSync(join(site, 'CNAME'), 'docs.example.com');
    writeFileSync(join(site, 'old', 'mine.txt'), 'mine');
    await writeSite(site, files({ 'index.html': 'one' }));
    expect(read('CNAME')).toBe('docs.example.com');
    expect(read('old/mine.txt')).toBe('mine');
  });

  test('refuses to replace a file of somebody else', async () => {
    await writeSite(site, files({ 'index.html': 'one' }));
    writeFileSync(join(site, 'llms.txt'), 'mine');
    const attempt = writeSite(site, files({ 'index.html': 'two', 'llms.txt': 'ours' }));
    await expect(attempt).rejects.toThrow(/llms\.txt' is in the way/);
    expect([read('index.html'), read('llms.txt')]).toEqual(['one', 'mine']);
  });

  test('refuses a folder with something else in it, and touches nothing there', async () => {
    mkdirSync(site);
    writeFileSync(join(site, 'thesis.txt'), 'years of work');
    await expect(writeSite(site, files({ 'index.html': 'one' }))).rejects.toThrow(UsageError);
    expect(readdirSync(site)).toEqual(['thesis.txt']);
  });

  test('refuses a file, and a manifest that is none', async () => {
    writeFileSync(join(home, 'file'), '');
    await expect(writeSite(join(home, 'file'), [])).rejects.toThrow(/is a file; name a folder/);
    for (const text of ['{', '{}', '{"madeBy":"mcpo-docs","files":["../thesis.txt"]}']) {
      mkdirSync(site, { recursive: true });
      writeFileSync(join(site, manifest), text);
      await expect(writeSite(site, [])).rejects.toThrow(/does not say which files/);
    }
  });

  test('writes and removes nothing through a link', async () => {
    const elsewhere = join(home, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'tool.md'), 'mine');
    await writeSite(site, files({ 'tools/tool.md': 'ours' }));
    rmSync(join(site, 'tools'), { recursive: true });
    symlinkSync(elsewhere, join(site, 'tools'));
    await expect(writeSite(site, files({ 'tools/tool.md': 'new' }))).rejects.toThrow(UsageError);
    await expect(writeSite(site, [])).rejects.toThrow(UsageError);
    expect(readFileSync(join(elsewhere, 'tool.md'), 'utf8')).toBe('mine');
  });

  test('a build that fails changes nothing', async () => {
    await writeSite(site, files({ 'index.html': 'one', 'gone.md': 'gone' }));
    await expect(writeSite(site, failing())).rejects.toThrow('a defect');
    expect([read('index.html'), read('gone.md')]).toEqual(['one', 'gone']);
    expect(readdirSync(site).toSorted()).toEqual([manifest, 'gone.md', 'index.html']);
    const fresh = join(home, 'fresh');
    await expect(writeSite(fresh, failing())).rejects.toThrow('a defect');
    expect(existsSync(fresh)).toBe(false);
  });

  test('an abort changes nothing', async () => {
    await writeSite(site, files({ 'index.html': 'one' }));
    const stop = new AbortController();
    const attempt = writeSite(site, files({ 'index.html': 'two', 'b.html': 'b' }), {
      signal: stop.signal,
      onFile: () => stop.abort(new Error('enough')),
    });
    await expect(attempt).rejects.toThrow('enough');
    expect(read('index.html')).toBe('one');
  });

  test('what a build that was killed left behind is tidied up', async () => {
    await writeSite(site, files({ 'index.html': 'one' }));
    // No process has this id: it is beyond what Linux gives.
    mkdirSync(join(site, `${manifest}.99999999`));
    await writeSite(site, files({ 'index.html': 'one' }));
    expect(readdirSync(site).toSorted()).toEqual([manifest, 'index.html']);
  });

  test.each(['../out.html', '/etc/x', 'a//b', 'a/./b', String.raw`a\b`, ''])(
    'a path like %j is a defect',
    async (path) => {
      await expect(writeSite(site, [{ path, content: '' }])).rejects.toThrow('a site cannot have the file');
    },
  );

  test('the same file twice is a defect', async () => {
    const twice = [...files({ 'a.html': '1' }), ...files({ 'a.html': '2' })];
    await expect(writeSite(site, twice)).rejects.toThrow('a site cannot have the file');
  });

  test.skipIf(process.getuid?.() === 0)(
    'a read-only folder is named (skipped for root, who may write anywhere)',
    async () => {
      mkdirSync(site);
      chmodSync(site, 0o555);
      await expect(writeSite(site, files({ 'index.html': 'one' }))).rejects.toThrow(SiteError);
      chmodSync(site, 0o755);
    },
  );
});
