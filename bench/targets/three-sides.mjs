// The same calls three ways: to the server directly, through bare, through the gateway.
import { startBare, startGateway } from './fronts.mjs';
import { watchCores } from '../../dist/bench/machine.js';
import { requireSuccess } from './rounds.mjs';
import { echoBody, heat, toCall, withAll } from './scenarios/common.mjs';

/**
 * @param {readonly string[]} command of a server with the tool `echo`
 * @param {{load: object, dist: string, isQuick: boolean}} context
 * @param {{inFlight: number, seconds?: number, calls?: number}} job what one sample is
 * @param {(sides: Record<'direct' | 'bare' | 'gateway', () => Promise<object>>) => Promise<T>} use
 * @template T
 */
export async function withThreeSides(command, context, { inFlight, ...limit }, use) {
  const { load, dist } = context;
  await load.run('open', { name: 'direct', command });
  try {
    const starts = [() => startBare(command), () => startGateway(command, { dist })];
    return await withAll(starts, async (bare, gateway) => {
      const through = async ({ url }) => {
        const groups = [{ name: 'all', users: inFlight, call: toCall(url, 'echo') }];
        const { groups: results, generatorCores } = await load.run('users', { groups, ...limit });
        return { ...results.all, generatorCores };
      };
      await heat(
        context,
        [bare, gateway].map(({ url }) => toCall(url, 'echo')),
      );
      const direct = { name: 'direct', tool: 'echo', body: echoBody, inFlight, ...limit };
      return await use({
        direct: async () => await sample(() => load.run('stdio', direct)),
        bare: async () => await sample(() => through(bare)),
        gateway: async () => await sample(() => through(gateway)),
      });
    });
  } finally {
    await load.run('close', { name: 'direct' });
  }
}

async function sample(measure) {
  const readCores = watchCores();
  const result = await measure();
  requireSuccess(result);
  return { ...result, machineCores: readCores() };
}
