import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { pino } from 'pino';
import { beforeAll, describe, expect, test } from 'vitest';
import { defaultSettings } from '../../src/config/settings.ts';
import type { Contract } from '../../src/contract/contract.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { serve } from '../../src/serve/serve.ts';
import { toCallTexts } from '../consumers/call-texts.ts';
import { documentOperations } from '../consumers/document-operations.ts';
import { contractOf, toText } from '../consumers/documents.ts';
import { compareImported, type Comparison } from '../consumers/imported-schema.ts';
import { readListings, type Listing } from '../consumers/listings.ts';
import {
  callAbsence,
  callTools,
  importAbsence,
  importDocuments,
  type Imported,
  type ImportedTool,
  type ToolServerCall,
} from '../consumers/open-webui.ts';
import { isBuilt, startGateway } from '../fixtures/gateway-process.ts';

interface Trap {
  readonly name: string;
  readonly schema: JsonObject;
  /** What is lost all the same; a line too many fails as one too few does. `why` says why. */
  readonly lost?: readonly string[];
  readonly why?: string;
}

interface Consumed {
  readonly name: string;
  readonly listings: readonly Listing[];
  readonly contract: Contract;
  readonly text: string;
}

const read = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8');
const traps = JSON.parse(read('../consumers/importer-traps.json')) as readonly Trap[];
const schemaTraps = JSON.parse(read('../fixtures/schema/traps.json')) as readonly Trap[];
const listings = readListings();
const replayServer = join(import.meta.dirname, '../fixtures/upstreams/replay-server.mjs');

let consumed: readonly Consumed[] = [];

beforeAll(async () => {
  const groups = [...listings.map((listing) => [listing]), listings];
  consumed = await Promise.all(
    groups.map(async (group) => {
      const contract = await contractOf(group);
      const name = group.length === 1 ? (group[0]?.server ?? '') : 'merged';
      return { name, listings: group, contract, text: toText(contract) };
    }),
  );
});

describe('what Open WebUI shows a model', () => {
  test('is every tool of every server, with all its arguments', async (context) => {
    if (importAbsence !== undefined) return context.skip(importAbsence);
    const imported = await importDocuments(new Map(consumed.map(({ name, text }) => [name, text])));
    const comparisons: Comparison[] = [];
    for (const { name, listings: group, text } of consumed) {
      const tools = toolsOf(imported[name]);
      const operations = documentOperations(text);
      expect(tools.map((tool) => tool.name)).toEqual(operations.map(({ operationId }) => operationId));
      expect(tools.length).toBe(group.flatMap((listing) => listing.tools).length);
      for (const [index, { operationId, server, tool: toolName }] of operations.entries()) {
        const tool = existing(tools[index]);
        const listed = findTool(group, server, toolName);
        expect(operationId).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
        expect(tool.description).toContain(listed.description ?? '');
        const comparison = compareImported(listed.inputSchema, tool.parameters);
        expect({ operationId, losses: comparison.losses }).toEqual({ operationId, losses: [] });
        expect(Object.keys(tool.parameters['properties'] ?? {}).toSorted()).toEqual(
          Object.keys(listed.inputSchema['properties'] ?? {}).toSorted(),
        );
        comparisons.push(comparison);
      }
    }
    await context.annotate(
      `${consumed.length} documents, ${comparisons.length} tools, ${toTotals(comparisons)}`,
    );
  });

  test('is what a schema says in any form, but for what the importer cannot be told', async (context) => {
    if (importAbsence !== undefined) return context.skip(importAbsence);
    const tools = traps.map(({ name, schema }) => ({ name, inputSchema: schema }));
    const text = toText(await contractOf([{ server: '', tools }]));
    const imported = toolsOf((await importDocuments(new Map([['traps', text]])))['traps']);
    const operations = documentOperations(text);
    expect(operations.length).toBe(traps.length);
    const lost = traps.map(({ name, schema }) => {
      const at = operations.findIndex(({ tool }) => tool === name);
      const { losses } = compareImported(schema, imported[at]?.parameters ?? {});
      return [name, losses];
    });
    expect(Object.fromEntries(lost)).toEqual(
      Object.fromEntries(traps.map(({ name, lost: known = [] }) => [name, known])),
    );
  });

  test('is not lost as a whole to any schema', async (context) => {
    if (importAbsence !== undefined) return context.skip(importAbsence);
    const tools = schemaTraps.map(({ name, schema }) => ({ name, inputSchema: schema }));
    const contract = await contractOf([{ server: '', tools }]);
    const imported = toolsOf((await importDocuments(new Map([['traps', toText(contract)]])))['traps']);
    expect(imported.length).toBe(contract.operations.length);
    expect(imported.length).toBeGreaterThan(10);
  });

  test('is nothing when a schema is a boolean, so the importer is the real one', async (context) => {
    if (importAbsence !== undefined) return context.skip(importAbsence);
    const schema = { type: 'object', properties: { value: { anyOf: [true] } } };
    const post = { operationId: 'f', requestBody: { content: { 'application/json': { schema } } } };
    const imported = await importDocuments(new Map([['bad', JSON.stringify({ paths: { '/f': { post } } })]]));
    expect(imported['bad']).toHaveProperty('error');
  });
});

describe('the comparison', () => {
  const listed = {
    type: 'object',
    properties: { list: { type: 'array', items: { enum: [1, 2], type: 'integer', description: 'one' } } },
    required: ['list'],
  };
  const text = JSON.stringify(listed);

  test('finds nothing where nothing is lost', () => {
    expect(compareImported(listed, JSON.parse(text) as JsonObject).losses).toEqual([]);
  });

  test.each([
    ['a property', '"list":{', '"lost":{', 'properties'],
    ['a requirement', '["list"]', '[]', 'required'],
    ['a type', '"type":"integer"', '"type":"string"', 'type'],
    ['a value', '[1,2]', '[1]', 'enum'],
    ['a description', '"one"', '"two"', 'description'],
    ['what an array holds', '"items"', '"lost"', 'items'],
  ])('finds %s that is lost', (_what, whole, broken, keyword) => {
    const { losses } = compareImported(listed, JSON.parse(text.replace(whole, broken)) as JsonObject);
    expect(losses.join()).toContain(`/${keyword}`);
  });
});

describe('what Open WebUI calls', () => {
  test('is every tool of every server, each with the arguments that it sends', async (context) => {
    const absence = callAbsence ?? (isBuilt ? undefined : 'there is no build to start');
    if (absence !== undefined) return context.skip(absence);
    const singles = consumed.filter(({ listings: group }) => group.length === 1);
    const gateways = await Promise.all(
      singles.map(async (single) => {
        const command = [process.execPath, replayServer, single.listings[0]?.path ?? ''];
        return await startGateway(command, { flags: ['--validate-responses', 'off', '--log-level', 'warn'] });
      }),
    );
    try {
      const planned = singles.flatMap((single, index) => planCalls(single, gateways[index]?.url ?? ''));
      expect(await findDifferences(planned)).toEqual([]);
      await context.annotate(`${planned.length} calls of ${singles.length} servers`);
    } finally {
      await Promise.all(gateways.map(async (gateway) => await gateway.stop()));
    }
  });

  test('is every tool of all servers behind one gateway', async (context) => {
    if (callAbsence !== undefined) return context.skip(callAbsence);
    const merged = existing(consumed.find(({ listings: group }) => group.length > 1));
    const servers = merged.listings.map(({ server, path }) => ({
      type: 'stdio' as const,
      name: server,
      command: process.execPath,
      args: [replayServer, path],
      env: {},
    }));
    const settings = {
      ...defaultSettings,
      port: 0,
      layout: 'named' as const,
      servers,
      validateResponses: 'off' as const,
    };
    const gateway = await serve(settings, { logger: pino({ level: 'silent' }) });
    try {
      const planned = planCalls(merged, gateway.url);
      expect(await findDifferences(planned)).toEqual([]);
      await context.annotate(`${planned.length} calls`);
    } finally {
      await gateway.close();
    }
  });
});

interface PlannedCall extends ToolServerCall {
  /** The tool's own name. */
  readonly tool: string;
}

function planCalls({ contract, text, listings: group }: Consumed, url: string): readonly PlannedCall[] {
  return documentOperations(text).flatMap((operation) => {
    const { operationId, server, tool } = operation;
    const texts = toCallTexts(contract, operation, findTool(group, server, tool).inputSchema);
    expect({ operationId, arguments: texts.length > 0 }).toEqual({ operationId, arguments: true });
    return texts.map((argumentsText) => ({ url, name: operationId, arguments: argumentsText, tool }));
  });
}

/** Calls whose tool did not get, byte for byte, the body that Open WebUI made of what the model wrote. */
async function findDifferences(calls: readonly PlannedCall[]): Promise<readonly object[]> {
  const answers = await callTools(calls);
  const outcomes = calls.map(({ name, tool, arguments: written }, index) => {
    const { answer, isAnswered, sent } = existing(answers[index]);
    return { name, isAnswered, written, sent, answer, wanted: { name: tool, arguments: sent } };
  });
  return outcomes.filter(
    ({ isAnswered, written, sent, answer, wanted }) =>
      !isAnswered ||
      !isDeepStrictEqual(answer, wanted) ||
      !isDeepStrictEqual(JSON.parse(sent), JSON.parse(written)),
  );
}

function existing<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it does not exist');
  return value;
}

function toolsOf(imported: Imported | undefined): readonly ImportedTool[] {
  if (imported === undefined || 'error' in imported) throw new Error(`the import failed: ${imported?.error}`);
  return imported.tools;
}

function findTool(group: readonly Listing[], server: string, name: string) {
  const candidates = group.length === 1 ? group : group.filter((listing) => listing.server === server);
  const tool = candidates.flatMap(({ tools }) => tools).find((listed) => listed.name === name);
  if (tool === undefined) throw new Error(`${server} lists no ${name}`);
  return { ...tool, inputSchema: tool.inputSchema as JsonObject };
}

function toTotals(comparisons: readonly Comparison[]): string {
  const kinds = Object.keys(comparisons[0]?.compared ?? {}) as (keyof Comparison['compared'])[];
  return kinds
    .map((kind) => `${comparisons.reduce((sum, { compared }) => sum + compared[kind], 0)} ${kind}`)
    .join(', ');
}
