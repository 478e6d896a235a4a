// Starts a server in the place of a gateway, and hands on nothing but its ending, so that the server can be told from
// what the gateway starts besides: node start-server.js <mark> <words of the server…>
import { spawn } from 'node:child_process';

const [, , , command = '', ...words] = process.argv;
const server = spawn(command, words, { stdio: 'inherit', windowsHide: true });
server.on('error', (error) => {
  process.stderr.write(`could not start ${command}: ${error.message}\n`);
  process.exit(127);
});
server.on('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => server.kill(signal));
