import { describe, expect, test } from 'vitest';
import { buildContract } from '../../../src/contract/build-contract.ts';
import { ContractRefusedError } from '../../../src/errors.ts';
import type { LockPolicy } from '../../../src/gateway/contract-lock.ts';
import type { Tool } from '../../../src/tool.ts';
import { createTestGateway } from '../../fixtures/test-gateway.ts';

const committed: Tool = {
  name: 'greet',
  inputSchema: { type: 'object', properties: { name: { type: 'string' } } },
};
const narrower: Tool = {
  ...committed,
  inputSchema: { ...(committed.inputSchema as object), required: ['name'] },
};
const renamed: Tool = { ...committed, description: 'Says hello' };

async function start(live: Tool, policy: LockPolicy) {
  const serverInfo = { name: 'memory', version: '1.0.0' };
  const contract = await buildContract({ sources: [{ server: '', tools: [committed], serverInfo }] });
  return await createTestGateway([live], { lock: { contract, policy } });
}

async function callWithoutName({ app }: Awaited<ReturnType<typeof start>>): Promise<number> {
  return (await app.inject({ method: 'POST', url: '/greet' })).statusCode;
}

describe('tools that break the committed contract', () => {
  test('are not served under refuse, and the error says what changed', async () => {
    const refused = await start(narrower, 'refuse').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ContractRefusedError);
    expect((refused as ContractRefusedError).changes).toContainEqual(
      expect.stringMatching(/^breaking: greet .*required/),
    );
  });

  test('are called under the committed contract with warn, which is logged and shown by /readyz', async () => {
    const gateway = await start(narrower, 'warn');
    expect(await callWithoutName(gateway)).toBe(200);
    expect(gateway.logs.join('')).toContain('2 breaking');
    const ready = await gateway.app.inject({ method: 'GET', url: '/readyz' });
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toMatchObject({
      status: 'ready',
      drift: {
        breaking: 2,
        changes: expect.arrayContaining([expect.objectContaining({ severity: 'breaking' })]) as unknown,
      },
    });
  });

  test('are called under their own contract with follow', async () => {
    const gateway = await start(narrower, 'follow');
    expect(await callWithoutName(gateway)).toBe(422);
    expect(gateway.logs.join('')).toContain('2 breaking');
  });

  test('that appear while running end readiness under refuse, and the committed contract stays', async () => {
    const gateway = await start(committed, 'refuse');
    expect((await gateway.app.inject({ method: 'GET', url: '/readyz' })).statusCode).toBe(200);
    gateway.upstream.setTools([narrower]);
    await expect
      .poll(
        async () =>
          (await gateway.app.inject({ method: 'GET', url: '/readyz' })).json<{ status: string }>().status,
      )
      .toBe('contract_refused');
    expect(await callWithoutName(gateway)).toBe(200);
    gateway.upstream.setTools([committed]);
    await expect
      .poll(async () => (await gateway.app.inject({ method: 'GET', url: '/readyz' })).statusCode)
      .toBe(200);
  });
});

test('an editorial change is served under refuse', async () => {
  const gateway = await start(renamed, 'refuse');
  expect(gateway.gateway.drift).toMatchObject({
    isRefused: false,
    diff: { summary: { breaking: 0, editorial: 1 } },
  });
});

test('the same tools show no drift', async () => {
  const gateway = await start(committed, 'refuse');
  expect(gateway.gateway.drift).toBeUndefined();
  expect(gateway.logs.join('')).not.toContain('committed contract');
});
