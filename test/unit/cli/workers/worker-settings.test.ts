import { expect, test } from 'vitest';
import { toWorkerSettings } from '../../../../src/cli/workers/worker-settings.ts';
import { defaultAudit } from '../../../../src/config/audit-settings.ts';
import { defaultSettings, type Settings } from '../../../../src/config/settings.ts';

function withAudit(path: string): Settings {
  return { ...defaultSettings, servers: [], audit: { ...defaultAudit, path } };
}

test('each worker has an audit log of its own (WORK-09)', async () => {
  const { audit } = await toWorkerSettings(withAudit('/nowhere/audit.log'), 2);
  expect(audit).toEqual({ ...defaultAudit, path: '/nowhere/audit.log.worker-2' });
});

test('all write to a device (WORK-09)', async () => {
  const settings = withAudit('/dev/null');
  expect(await toWorkerSettings(settings, 2)).toBe(settings);
});

test('without an audit log, the settings are those of all', async () => {
  const settings: Settings = { ...defaultSettings, servers: [] };
  expect(await toWorkerSettings(settings, 1)).toBe(settings);
});
