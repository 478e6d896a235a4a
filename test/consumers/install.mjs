// Installs the consumers outside the project's own tree, and does nothing when they are there: `npm run consumers`.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const home = join(root, 'node_modules', '.cache', 'mcpo-consumers');
const files = ['package.json', 'package-lock.json'];

if (!isFresh()) install();

function isFresh() {
  return files.every((file) => {
    const installed = join(home, file);
    return (
      existsSync(installed) && readFileSync(installed).equals(readFileSync(join(import.meta.dirname, file)))
    );
  });
}

function install() {
  console.error('Installing the consumers (once) …');
  // Installed beside and swapped in: tests that run meanwhile never see half of it.
  const fresh = `${home}.${process.pid}.tmp`;
  try {
    mkdirSync(fresh, { recursive: true });
    for (const file of files) cpSync(join(import.meta.dirname, file), join(fresh, file));
    const npm = process.env['npm_execpath'];
    const [command, args] = npm ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
    const { status, error } = spawnSync(command, [...args, '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: fresh,
      stdio: ['ignore', 2, 2],
      shell: !npm && process.platform === 'win32',
    });
    if (error) throw error;
    if (status !== 0) {
      process.exitCode = status ?? 1;
      return;
    }
    rmSync(home, { recursive: true, force: true });
    renameSync(fresh, home);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
