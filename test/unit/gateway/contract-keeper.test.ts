import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { buildContract } from '../../../src/contract/build-contract.ts';
import { createTestGateway, echo, greet, type TestGateway } from '../../fixtures/test-gateway.ts';

const toolsOf = ({ gateway }: TestGateway): readonly string[] =>
  gateway.contract.operations.map(({ tool }) => tool);

async function swapped(kit: TestGateway, tools: readonly string[]): Promise<void> {
  await vi.waitFor(() => expect(toolsOf(kit)).toEqual(tools), { timeout: 5_000, interval: 5 });
}

describe('when the tools change', () => {
  test('the contract is swapped, and the log says so', async () => {
    const kit = await createTestGateway([echo]);
    const first = kit.gateway.contract;
    kit.upstream.setTools([echo, greet]);
    await swapped(kit, ['echo', 'greet']);
    expect(first.operations.map(({ tool }) => tool)).toEqual(['echo']);
    expect(kit.gateway.contract.digest).not.toBe(first.digest);
    expect(kit.logs.filter((line) => line.includes('contract changed'))).toHaveLength(1);
  });

  test('to the same again, or to another order, the contract stays the very one', async () => {
    const kit = await createTestGateway([echo, greet]);
    const first = kit.gateway.contract;
    kit.upstream.setTools([greet, echo]);
    kit.upstream.setTools([echo, greet]);
    kit.upstream.setState({ kind: 'restarting', retryInMs: 1, reason: '' });
    kit.upstream.setState({ kind: 'ready' });
    await new Promise((resolve) => setImmediate(resolve));
    kit.upstream.setTools([echo]);
    await swapped(kit, ['echo']);
    expect(kit.gateway.contract).not.toBe(first);
    expect(kit.logs.filter((line) => line.includes('contract changed'))).toHaveLength(1);
  });

  test('many times in a row, the last list wins', async () => {
    const kit = await createTestGateway([echo]);
    for (let index = 0; index < 50; index += 1) kit.upstream.setTools([{ ...echo, name: `tool_${index}` }]);
    await swapped(kit, ['tool_49']);
    // One build at a time, and what arrives meanwhile is covered by one more.
    expect(kit.logs.filter((line) => line.includes('contract changed')).length).toBeLessThanOrEqual(2);
  });

  test('to something that gives no contract, the previous one stays, and the next list is looked at again', async () => {
    const kit = await createTestGateway([echo], {
      buildContract: async (sources) => {
        if (sources.some(({ tools }) => tools.length > 1)) throw new Error('no contract comes of this');
        return await buildContract({ sources });
      },
    });
    const { contract } = kit.gateway;
    kit.upstream.setTools([echo, greet]);
    await vi.waitFor(() => expect(kit.logs.join('')).toContain('the previous one stays'));
    expect(kit.gateway.contract).toBe(contract);
    expect((await kit.app.inject({ method: 'POST', url: '/echo' })).statusCode).toBe(200);
    kit.upstream.setTools([greet]);
    await swapped(kit, ['greet']);
  });

  test('a tool that is left out is told once', async () => {
    const broken = {
      name: 'broken',
      inputSchema: { type: 'object', properties: { a: { $ref: 'https://x.test/s' } } },
    };
    const kit = await createTestGateway([echo, broken]);
    kit.upstream.setTools([echo, greet, broken]);
    await swapped(kit, ['echo', 'greet']);
    expect(kit.logs.filter((line) => line.includes('tool left out of the contract'))).toHaveLength(1);
  });

  test('after the gateway was closed, nothing is built any more', async () => {
    const kit = await createTestGateway([echo]);
    const { contract } = kit.gateway;
    await kit.gateway.close(100);
    kit.upstream.setTools([greet]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(kit.gateway.contract).toBe(contract);
  });

  test('a call that was matched before is answered under the contract that matched it', async () => {
    const gate = new AbortController();
    const opened = once(gate.signal, 'abort');
    const tool = {
      name: 'slow',
      outputSchema: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] },
      run: async () => {
        await opened;
        return { content: [], structuredContent: { a: 1 } };
      },
    };
    const kit = await createTestGateway([tool], { validateResponses: 'enforce' });
    const pending = kit.app.inject({ method: 'POST', url: '/slow' });
    await vi.waitFor(() => expect(kit.upstream.inFlight).toBe(1));
    kit.upstream.setTools([echo]);
    await swapped(kit, ['echo']);
    gate.abort();
    const answer = await pending;
    expect([answer.statusCode, answer.json()]).toEqual([200, { a: 1 }]);
    expect((await kit.app.inject({ method: 'POST', url: '/slow' })).statusCode).toBe(404);
  });
});
