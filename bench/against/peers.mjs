// The gateway against mcpo, both in front of the synthetic echo server: npm run bench:peers [-- options of mcpo-bench]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Without these versions it does not start. */
const pins = ['mcp==1.26.0', 'fastapi==0.128.0', 'pydantic<2.13'];
const mcpo = ['uvx', ...pins.flatMap((pin) => ['--with', pin]), 'mcpo==0.0.20'];
const downloadMs = 300_000;

const [program, ...rest] = mcpo;
const found = spawnSync(program, [...rest, '--help'], { encoding: 'utf8', timeout: downloadMs });
if (found.status === 0) {
  const against = [...mcpo.map(quote), '--host', '127.0.0.1', '--port', '{port}', '--'].join(' ');
  const cli = fileURLToPath(new URL('../../dist/bench/cli.js', import.meta.url));
  const words = ['--users', '32', '--against', against, ...process.argv.slice(2), '--synthetic', 'echo'];
  process.exitCode = spawnSync(process.execPath, [cli, ...words], { stdio: 'inherit' }).status ?? 2;
} else {
  const [reason = ''] = (found.error?.message ?? found.stderr).trim().split('\n').slice(-1);
  console.log(`skipped: uvx, or the mcpo that it fetches, is not here (${reason})`);
}

/** As a shell would need it. */
function quote(word) {
  return /^[\w./=-]+$/.test(word) ? word : `'${word}'`;
}
