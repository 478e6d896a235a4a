// Stands between a gateway and a server, and notes when calls and their answers pass: node tee.js <log> <words of the server…>
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

const [, , log = '', command = '', ...words] = process.argv;
/** What comes beyond is passed on, and no longer noted. */
const maxNotes = 2_000_000;
const flushMs = 100;
const server = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'], windowsHide: true });
let notes = '';
let noted = 0;

process.stdin.on('data', watchLines('>'));
process.stdin.pipe(server.stdin);
server.stdout.on('data', watchLines('<'));
server.stdout.pipe(process.stdout);
// A server that has gone says so by its exit; a gateway that has gone closes our input.
for (const stream of [server.stdin, process.stdout]) stream.on('error', () => {});
setInterval(flush, flushMs).unref();
server.on('error', (error) => {
  process.stderr.write(`could not start ${command}: ${error.message}\n`);
  process.exit(127);
});
server.on('close', (code) => {
  flush();
  process.exit(code ?? 1);
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => server.kill(signal));

/** Notes each message that passes: its direction, its id, and the time in ns on the clock that all processes share. */
function watchLines(direction: '>' | '<'): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  return (chunk) => {
    const atNs = process.hrtime.bigint();
    let start = 0;
    for (let end; (end = chunk.indexOf(10, start)) !== -1; start = end + 1) {
      note(direction, Buffer.concat([...parts, chunk.subarray(start, end)]).toString(), atNs);
      parts = [];
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  };
}

function note(direction: '>' | '<', line: string, atNs: bigint): void {
  if (noted === maxNotes) return;
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return;
  }
  if (typeof message !== 'object' || message === null) return;
  const { id, method } = message as { readonly id?: unknown; readonly method?: unknown };
  const isCall = direction === '>' && method === 'tools/call';
  const isAnswer = direction === '<' && method === undefined;
  if (id === undefined || !(isCall || isAnswer)) return;
  noted += 1;
  notes += `${direction} ${atNs} ${JSON.stringify(id)}\n`;
}

function flush(): void {
  if (notes === '') return;
  appendFileSync(log, notes);
  notes = '';
}
