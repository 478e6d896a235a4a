import { describe, expect, test } from 'vitest';
import { CatalogKeeper } from '../../../src/upstream/catalog-keeper.ts';
import type { Catalog } from '../../../src/upstream/upstream.ts';
import { createManualClock, type ManualClock } from '../../fixtures/manual-clock.ts';
import { createRecordingLogger, type RecordingLogger } from '../../fixtures/recording-logger.ts';

const tick = (): Promise<void> => new Promise(setImmediate);

interface Rig {
  readonly keeper: CatalogKeeper;
  readonly clock: ManualClock;
  readonly logger: RecordingLogger;
  /** Each listing under way or ended, with the ways to end it. */
  readonly listings: { readonly answer: () => void; readonly fail: () => void }[];
  readonly versions: string[];
}

function catalogOf(version: number): Catalog {
  return { serverInfo: { name: 's', version: String(version) }, tools: [] };
}

function createRig(): Rig {
  const clock = createManualClock();
  const logger = createRecordingLogger();
  const listings: Rig['listings'] = [];
  const versions: string[] = [];
  const keeper = new CatalogKeeper(catalogOf(0), {
    clock,
    logger,
    list: () =>
      new Promise((resolve, reject) => {
        const number = listings.length + 1;
        listings.push({ answer: () => resolve(catalogOf(number)), fail: () => reject(new Error('no')) });
      }),
    onCatalog: () => versions.push(keeper.catalog.serverInfo.version),
  });
  return { keeper, clock, logger, listings, versions };
}

describe('the catalog of a session', () => {
  test('is not asked for again when it is fresh', async () => {
    const rig = createRig();
    await rig.keeper.refresh();
    expect(rig.listings).toHaveLength(0);
  });

  test('is asked for once by all who ask at the same time', async () => {
    const rig = createRig();
    rig.clock.advance(2000);
    const refreshes = [rig.keeper.refresh(), rig.keeper.refresh()];
    expect(rig.listings).toHaveLength(1);
    rig.listings[0]?.answer();
    await Promise.all(refreshes);
    await rig.keeper.refresh();
    expect(rig.versions).toStrictEqual(['1']);
    expect(rig.listings).toHaveLength(1);
  });

  test('is asked for even when fresh, and once more, after changes during a listing', async () => {
    const rig = createRig();
    rig.keeper.changed();
    rig.keeper.changed();
    rig.keeper.changed();
    expect(rig.listings).toHaveLength(1);
    rig.listings[0]?.answer();
    await tick();
    expect(rig.listings).toHaveLength(1);
    rig.clock.advance(200);
    await tick();
    expect(rig.listings).toHaveLength(2);
    rig.listings[1]?.answer();
    await tick();
    rig.clock.advance(10_000);
    await tick();
    expect(rig.versions).toStrictEqual(['1', '2']);
    expect(rig.listings).toHaveLength(2);
  });

  test('is kept when it cannot be listed again', async () => {
    const rig = createRig();
    rig.clock.advance(2000);
    const refresh = rig.keeper.refresh();
    rig.listings[0]?.fail();
    await refresh;
    expect(rig.keeper.catalog.serverInfo.version).toBe('0');
    expect(rig.logger.lines).toHaveLength(1);
  });

  test('changes no more once closed', async () => {
    const rig = createRig();
    rig.keeper.changed();
    rig.keeper.close();
    rig.listings[0]?.answer();
    await tick();
    expect(rig.versions).toStrictEqual([]);
  });
});
