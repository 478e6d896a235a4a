import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBuilt, startGateway, type GatewayProcess } from '../fixtures/gateway-process.ts';
import { callTool, type HttpAnswer } from '../fixtures/http-client.ts';
import { commandOf } from './reference-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mcpo-reference-'));
let gateway: GatewayProcess;

async function call(tool: string, args: unknown = {}): Promise<HttpAnswer> {
  return await callTool(gateway.port, tool, args);
}

function entity(name: string): object {
  return { name, entityType: 'person', observations: [`knows ${name}`] };
}

afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!isBuilt)('@modelcontextprotocol/server-memory', () => {
  beforeAll(async () => {
    gateway = await startGateway(commandOf('server-memory'), {
      flags: ['--env', `MEMORY_FILE_PATH=${join(folder, 'memory.jsonl')}`, '--validate-responses', 'enforce'],
    });
  });
  afterAll(async () => await gateway.stop());

  test('entities and relations are kept, found and taken away', async () => {
    const created = await call('create_entities', { entities: [entity('Ada'), entity('Grace')] });
    expect(created.status).toBe(200);
    const relation = { from: 'Ada', to: 'Grace', relationType: 'admires' };
    expect((await call('create_relations', { relations: [relation] })).status).toBe(200);
    expect((await call('read_graph')).json()).toEqual({
      entities: [entity('Ada'), entity('Grace')],
      relations: [relation],
    });
    expect((await call('search_nodes', { query: 'grace' })).json()).toMatchObject({
      entities: [{ name: 'Grace' }],
    });
    expect((await call('open_nodes', { names: ['Ada'] })).json()).toMatchObject({
      entities: [{ name: 'Ada' }],
    });
    expect((await call('delete_entities', { entityNames: ['Ada', 'Grace'] })).status).toBe(200);
    expect((await call('read_graph')).json()).toEqual({ entities: [], relations: [] });
  });

  test('the tool’s own failure and wrong arguments are told apart (ERR-03, HTTP-07)', async () => {
    const failed = await call('add_observations', {
      observations: [{ entityName: 'Nobody', contents: ['x'] }],
    });
    expect([failed.status, failed.json()]).toMatchObject([424, { code: 'tool_error' }]);
    const wrong = await call('create_entities', { entities: [{ name: 1 }] });
    expect([wrong.status, wrong.json()]).toMatchObject([422, { code: 'invalid_arguments' }]);
  });
});

describe.skipIf(!isBuilt)('@modelcontextprotocol/server-filesystem', () => {
  beforeAll(async () => {
    mkdirSync(join(folder, 'files'));
    gateway = await startGateway(commandOf('server-filesystem', [join(folder, 'files')]));
  });
  afterAll(async () => await gateway.stop());

  test('files are written, read, listed and searched', async () => {
    const path = join(folder, 'files', 'naïve.txt');
    const content = 'one\n"two"\n三\n';
    expect((await call('write_file', { path, content })).status).toBe(200);
    expect(readFileSync(path, 'utf8')).toBe(content);
    const read = await call('read_text_file', { path });
    expect(read.json()).toEqual({ content });
    expect((await call('read_text_file', { path, head: 1 })).json()).toEqual({ content: 'one' });
    expect((await call('list_directory', { path: join(folder, 'files') })).text).toContain('naïve.txt');
    expect((await call('search_files', { path: join(folder, 'files'), pattern: '**/*.txt' })).text).toContain(
      'naïve.txt',
    );
    const edits = [{ oldText: 'one', newText: 'uno' }];
    expect((await call('edit_file', { path, edits })).status).toBe(200);
    expect(readFileSync(path, 'utf8')).toBe(content.replace('one', 'uno'));
  });

  test('an image comes back as it was (RES-04, RES-08)', async () => {
    const path = join(folder, 'files', 'dot.png');
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0xff]);
    writeFileSync(path, png);
    const whole = await callTool(
      gateway.port,
      'read_media_file',
      { path },
      {
        headers: { accept: 'application/vnd.mcp.result+json' },
      },
    );
    expect(whole.json()).toMatchObject({
      content: [{ type: 'image', data: png.toString('base64'), mimeType: 'image/png' }],
    });
  });

  test('what lies outside is refused by the tool (ERR-03)', async () => {
    const refused = await call('read_text_file', { path: join(folder, 'memory.jsonl') });
    expect([refused.status, refused.json()]).toMatchObject([
      424,
      { code: 'tool_error', detail: expect.stringContaining('Access denied') },
    ]);
  });
});

describe.skipIf(!isBuilt)('@modelcontextprotocol/server-sequential-thinking', () => {
  beforeAll(async () => {
    gateway = await startGateway(commandOf('server-sequential-thinking'));
  });
  afterAll(async () => await gateway.stop());

  test('thoughts follow each other in one session', async () => {
    for (let thoughtNumber = 1; thoughtNumber <= 3; thoughtNumber += 1) {
      const args = {
        thought: `step ${thoughtNumber}`,
        thoughtNumber,
        totalThoughts: 3,
        nextThoughtNeeded: thoughtNumber < 3,
      };
      const answer = await call('sequentialthinking', args);
      expect([answer.status, answer.json()]).toMatchObject([
        200,
        { thoughtNumber, nextThoughtNeeded: thoughtNumber < 3, thoughtHistoryLength: thoughtNumber },
      ]);
    }
  });

  test('a missing thought violates the contract (HTTP-07)', async () => {
    const wrong = await call('sequentialthinking', { thoughtNumber: 0 });
    expect([wrong.status, wrong.json()]).toMatchObject([422, { code: 'invalid_arguments' }]);
  });
});
