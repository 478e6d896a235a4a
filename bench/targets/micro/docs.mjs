#!/usr/bin/env node
// How long `mcpo-docs` takes for many servers, and the most memory it has (Linux). Needs a fresh dist/.
// Arguments: servers, and tools of each (default 200 25).
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDocument } from '../../../dist/src/contract/document/build-document.js';
import { canonicalize } from '../../../dist/src/contract/canonicalize.js';

const [servers = 200, toolsEach = 25] = process.argv.slice(2).map(Number);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const command = join(root, 'dist', 'src', 'cli', 'docs.js');
const replay = join(root, 'test', 'fixtures', 'upstreams', 'replay-server.mjs');
const folder = mkdtempSync(join(tmpdir(), 'bench-docs-'));

try {
  const recordings = Array.from({ length: servers }, (_server, index) => toRecording(index));
  const sources = recordings.map((recording) => ({ server: recording.serverInfo.name, ...recording }));
  const document = join(folder, 'openapi.json');
  writeFileSync(document, canonicalize(buildDocument({ sources }).document).json);
  const entries = recordings.map((recording) => {
    const path = join(folder, `${recording.serverInfo.name}.json`);
    writeFileSync(path, JSON.stringify(recording));
    return [recording.serverInfo.name, { command: process.execPath, args: [replay, path] }];
  });
  const config = join(folder, 'servers.json');
  writeFileSync(config, JSON.stringify({ mcpServers: Object.fromEntries(entries) }));
  console.log(`${servers} servers, ${servers * toolsEach} tools`);
  await measure('--document', '--document', document, '-o', join(folder, 'a'));
  await measure('--document, nothing changed', '--document', document, '-o', join(folder, 'a'));
  await measure('--config', '--config', config, '-o', join(folder, 'b'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(title, ...args) {
  const start = performance.now();
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  let peakKb = 0;
  const timer = setInterval(() => (peakKb = Math.max(peakKb, peakOf(child.pid))), 50);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  console.log(
    `  ${title}: ${seconds} s, ${Math.round(peakKb / 1_000)} MB at most, exit ${code}; ${said.split('\n')[0]}`,
  );
}

/** The high-water mark that Linux keeps; 0 once the process has ended. */
function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function toRecording(index) {
  const name = `server-${String(index).padStart(3, '0')}`;
  return {
    serverInfo: { name, version: '1.0.0' },
    instructions: `What server ${index} is for, in a few words.`,
    tools: Array.from({ length: toolsEach }, (_tool, at) => toTool(at)),
  };
}

/** A tool of the usual kind: texts, numbers and enums, a nested object, an array. */
function toTool(at) {
  return {
    name: `find_records_${at}`,
    description: `Finds records of kind ${at}.\n\nReturns the ones that match, the newest first, with their ids.`,
    inputSchema: {
      type: 'object',
      properties: {
        query: { type: 'string', minLength: 1, description: 'Words that a record must have.' },
        limit: { type: 'integer', minimum: 1, maximum: 100, default: 10, description: 'How many at most.' },
        order: { enum: ['newest', 'oldest', 'best'], description: 'Which come first.' },
        filter: {
          type: 'object',
          properties: {
            tags: { type: 'array', items: { type: 'string' }, maxItems: 20 },
            since: { type: 'string', format: 'date-time' },
          },
        },
      },
      required: ['query'],
    },
    annotations: { readOnlyHint: true },
  };
}
