import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, test } from 'vitest';
import { answersPing } from '../../../../src/upstream/supervision/answers-ping.ts';

/** A client of a server that answers these methods, and what it was asked. */
async function connect(
  answers: Readonly<Record<string, object>>,
): Promise<{ client: Client; asked: string[] }> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const asked: string[] = [];
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the transport is no EventTarget
  theirs.onmessage = (message: JSONRPCMessage) => {
    if (!('method' in message) || !('id' in message)) return;
    const { id, method } = message;
    if (method !== 'initialize') asked.push(method);
    const answer = answers[method];
    if (answer !== undefined) void theirs.send({ jsonrpc: '2.0', id, ...answer } as JSONRPCMessage); // a result or error
  };
  await theirs.start();
  const client = new Client({ name: 'test', version: '0' }, { capabilities: {} });
  const result = { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 's', version: '1' } };
  answers = { initialize: { result }, ...answers };
  await client.connect(ours);
  return { client, asked };
}

describe('whether a server answers a ping (REPL-08)', () => {
  test.each<[string, object]>([
    ['a result', { result: {} }],
    ['an error', { error: { code: -32601, message: 'Method not found' } }],
  ])('%s is an answer', async (_what, ping) => {
    const { client, asked } = await connect({ ping });
    await expect(answersPing(client, 2000)).resolves.toBe(true);
    expect(asked).toStrictEqual(['ping']);
  });

  test('one that does not know ping may list its tools', async () => {
    const { client, asked } = await connect({ 'tools/list': { result: { tools: [] } } });
    await expect(answersPing(client, 200)).resolves.toBe(true);
    expect(asked).toStrictEqual(['ping', 'tools/list']);
  });

  test('silence is none, nor is the end of the connection', async () => {
    const { client } = await connect({});
    await expect(answersPing(client, 100)).resolves.toBe(false);
    const ended = answersPing(client, 20_000);
    await client.close();
    await expect(ended).resolves.toBe(false);
  });
});
