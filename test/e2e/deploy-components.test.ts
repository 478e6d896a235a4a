import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseCommand } from '../../src/cli/run-command.ts';
import { serveCommand } from '../../src/cli/serve-flags.ts';
import { toServeRequest, type ServeRequest } from '../../src/cli/serve-options.ts';

const kubernetes = fileURLToPath(new URL('../../deploy/kubernetes', import.meta.url));
const components = readdirSync(join(kubernetes, 'components'));
const hasKubectl = spawnSync('kubectl', ['kustomize', '--help'], { timeout: 20_000 }).status === 0;
const note = hasKubectl ? '' : ' (skipped: there is no kubectl)';

interface Container {
  readonly args: readonly string[];
  readonly env: ReadonlyArray<{ readonly name: string; readonly value?: string }>;
  readonly volumeMounts: ReadonlyArray<{ readonly mountPath: string; readonly subPath?: string }>;
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
}

/** What the tests look at, in whichever manifest it is. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly [Container] } } };
}

describe.skipIf(!hasKubectl)(`components of the kustomization${note}`, () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'mcpo-components-'))));
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => vi.unstubAllEnvs());

  const build = (chosen: readonly string[]): string => {
    const place = join(folder, 'kubernetes');
    cpSync(kubernetes, place, { recursive: true });
    const file = join(place, 'kustomization.yaml');
    const [before = '', offered = ''] = readFileSync(file, 'utf8').split('components: []\n');
    const lines = offered
      .split('\n')
      .filter((line) => chosen.some((name) => line.includes(`components/${name} `)));
    expect(lines).toHaveLength(chosen.length);
    const list = lines.map((line) => line.replace('#', '')).join('\n');
    writeFileSync(
      file,
      chosen.length === 0 ? `${before}components: []\n` : `${before}components:\n${list}\n`,
    );
    const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', place], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  };
  test.for([[], ...components.map((name) => [name]), components].map((chosen) => ({ chosen })))(
    'make $chosen what the schemas of Kubernetes say',
    { timeout: 60_000 },
    ({ chosen }, { skip }) => {
      const hasValidator =
        spawnSync('uvx', ['kubernetes-validate', '--version'], { timeout: 50_000 }).status === 0;
      skip(!hasValidator, 'kubernetes-validate cannot be had by uvx');
      const file = join(folder, 'all.yaml');
      writeFileSync(file, build(chosen));
      const { status, stdout, stderr } = spawnSync('uvx', ['kubernetes-validate', '--strict', file], {
        encoding: 'utf8',
        timeout: 50_000,
      });
      expect({ status, text: `${stdout}${stderr}` }).toMatchObject({ status: 0 });
    },
  );

  test('redis: gateways share one, and its password is a secret', () => {
    const { settings } = settingsOf(gatewayOf(build(['redis'])));
    expect(settings.redis).toMatchObject({
      url: 'redis://mcpo-redis:6379',
      fail: 'open',
      password: 'secret',
    });
  });

  test('identity: keys of a secret, which is followed, and tokens, in place of one key for all', () => {
    const gateway = gatewayOf(build(['identity']));
    expect(gateway.env.map(({ name }) => name)).not.toContain('MCPO_API_KEY');
    const at = gateway.env.find(({ name }) => name === 'MCPO_API_KEYS_FILE')?.value ?? '';
    const mount = gateway.volumeMounts.find(({ mountPath }) => at.startsWith(`${mountPath}/`));
    expect(mount).toMatchObject({ readOnly: true });
    expect(mount).not.toHaveProperty('subPath');
    const { settings } = settingsOf(gateway);
    expect(settings.apiKeysFile).toBe(at);
    expect(settings.tokens?.issuer).toBe('https://login.example.com/realms/main');
  });

  test('contract: only gateways with it are ready, and a change of the configuration is a rollout', () => {
    const gateway = gatewayOf(build(['contract']));
    expect(gateway.readinessProbe.httpGet.path).toMatch(/^\/readyz\?contract=\w+$/);
    const { isHotReload, configPath } = settingsOf(gateway);
    expect([isHotReload, configPath]).toEqual([false, '/etc/mcpo/servers.json']);
  });
});

function gatewayOf(text: string): Container {
  // What a manifest lacks is missed by the test that looks for it.
  const manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  const found = manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'mcpo');
  if (found === undefined) throw new Error('there is no Deployment of the gateway');
  return found.spec.template.spec.containers[0];
}

/** How the gateway reads its arguments and its environment; secrets are `secret`. */
function settingsOf({ args, env }: Container): ServeRequest {
  for (const { name, value = 'secret' } of env) vi.stubEnv(name, value);
  const command = serveCommand();
  parseCommand(command, [...args]);
  return toServeRequest(command, undefined);
}
