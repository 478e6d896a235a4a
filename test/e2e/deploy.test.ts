import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseCommand } from '../../src/cli/run-command.ts';
import { serveCommand } from '../../src/cli/serve-flags.ts';
import { toServeRequest, type ServeRequest } from '../../src/cli/serve-options.ts';
import { readConfigFile } from '../../src/config/config-file/read-config-file.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = 'deploy/kubernetes';
const manifests = readdirSync(join(root, folder)).filter(
  (name) => name.endsWith('.yaml') && !/^kustomization|\.values\./.test(name),
);

interface Labelled {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
}

interface Probe {
  readonly httpGet: { readonly path: string };
}

interface Container {
  readonly args: readonly string[];
  readonly env: ReadonlyArray<{ readonly name: string }>;
  readonly volumeMounts: ReadonlyArray<{
    readonly name: string;
    readonly mountPath: string;
    subPath?: string;
  }>;
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}

/** What the tests look at, in whichever file it is. */
interface Manifest {
  readonly resources: readonly string[];
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly podSelector: object;
    readonly template: Labelled & {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly [Container];
        readonly securityContext: { readonly runAsUser: number };
      };
    };
  };
}

interface Compose {
  readonly services: Readonly<
    Record<
      'gateway' | 'open-webui',
      { readonly command?: readonly string[]; readonly environment: Readonly<Record<string, string>> }
    >
  >;
}

function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** What a manifest says. */
function read(name: string): Manifest {
  // What a file lacks is missed by the test that looks for it.
  return parse(textOf(`${folder}/${name}`)) as Manifest;
}

function requestOf(words: readonly string[]): ServeRequest {
  const command = serveCommand();
  parseCommand(command, words);
  return toServeRequest(command, undefined);
}

function serversOf(text: string): readonly string[] {
  const place = mkdtempSync(join(tmpdir(), 'mcpo-deploy-'));
  try {
    writeFileSync(join(place, 'servers.json'), text);
    const { servers, warnings } = readConfigFile(join(place, 'servers.json'), { env: {} });
    expect(warnings).toEqual([]);
    return servers.map(({ name }) => name);
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** The result of a Python tool, or why it cannot be had. */
function python(
  words: readonly string[],
  input?: string,
): { readonly status: number | null; readonly text: string } {
  const [program = '', ...args] = words;
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    input,
    encoding: 'utf8',
    timeout: 50_000,
  });
  return { status, text: `${stdout}${stderr}` };
}

const validator = ['uvx', 'kubernetes-validate'];
const composeChecker = ['uv', 'run', '--quiet', '--no-project', '--with', 'compose-spec', 'python', '-c'];
const parseCompose = `import sys
from compose_spec import PyCompose
compose = PyCompose.from_yaml(sys.stdin.read())
compose.validate()
compose.to_spec()`;

describe('the manifests for Kubernetes', () => {
  const { spec } = read('deployment.yaml');
  const pod = spec.template.spec;
  const [gateway] = pod.containers;

  test('say what the schemas of Kubernetes say', ({ skip }) => {
    skip(python([...validator, '--version']).status !== 0, 'kubernetes-validate cannot be had by uvx');
    const paths = manifests.map((name) => `${folder}/${name}`);
    const { status, text } = python([...validator, '--strict', ...paths]);
    expect({ status, text }).toMatchObject({ status: 0 });
    expect(text.match(/ passed for resource /g)).toHaveLength(manifests.length);
  });

  test('are all applied, but for the example of a secret', () => {
    const { resources } = read('kustomization.yaml');
    expect([...resources, 'secret.example.yaml'].toSorted()).toEqual(manifests.toSorted());
  });

  test('start the gateway with options that it knows, and give it time to end', () => {
    const { settings, configPath, isHotReload } = requestOf(gateway.args);
    expect(isHotReload).toBe(true);
    const mount = gateway.volumeMounts.find(({ mountPath }) => configPath === `${mountPath}/servers.json`);
    // A file mounted by subPath never changes.
    expect(mount).toMatchObject({ name: 'config', readOnly: true });
    expect(mount?.subPath).toBeUndefined();
    const { drainDelayMs, shutdownTimeoutMs } = settings;
    expect(drainDelayMs).toBeGreaterThan(0);
    expect(pod.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(drainDelayMs + shutdownTimeoutMs);
    expect(gateway.env.map(({ name }) => name)).toEqual(['MCPO_API_KEY']);
    const probes = [gateway.startupProbe, gateway.livenessProbe, gateway.readinessProbe];
    expect(probes.map(({ httpGet }) => httpGet.path)).toEqual(['/healthz', '/healthz', '/readyz']);
  });

  test('run it as the user of the image', () =>
    expect(textOf('Dockerfile')).toContain(`USER ${pod.securityContext.runAsUser}:`));

  test('give it servers', () => {
    const { data } = read('configmap.yaml');
    expect(serversOf(data['servers.json'] ?? '')).toEqual(['time', 'thinking']);
  });

  test('mean the same pods', () => {
    const { labels } = spec.template.metadata;
    expect(spec.selector.matchLabels).toEqual(labels);
    expect(read('service.yaml').spec.selector).toEqual(labels);
    const selecting = [
      read('pod-disruption-budget.yaml').spec.selector,
      read('network-policy.yaml').spec.podSelector,
    ];
    expect(selecting).toEqual([{ matchLabels: labels }, { matchLabels: labels }]);
  });

  test('scale by a metric that the gateway has', () => {
    const metric = 'mcpo_upstream_in_flight';
    expect(textOf('src/http/upstream-metrics.ts')).toContain(`'${metric}'`);
    expect(textOf(`${folder}/horizontal-pod-autoscaler.yaml`)).toContain(`metric: { name: ${metric} }`);
    expect(textOf(`${folder}/prometheus-adapter.values.yaml`)).toContain(`name: { as: ${metric} }`);
  });
});

describe('compose.yaml', () => {
  const key = 'of the .env file';
  const text = textOf('compose.yaml')
    .replace(/\$\{MCPO_API_KEY[^}]*\}/g, key)
    .replace(/\$\{\w+:-(\w*)\}/g, '$1');
  // What it lacks is missed below.
  const { gateway, 'open-webui': webui } = (parse(text) as Compose).services;

  test('says what the Compose specification says', ({ skip }) => {
    skip(python([...composeChecker, 'import compose_spec']).status !== 0, 'compose-spec cannot be had by uv');
    expect(python([...composeChecker, parseCompose], text)).toEqual({ status: 0, text: '' });
    const wrong = text.replace('read_only: true', 'read_only: 5');
    expect(python([...composeChecker, parseCompose], wrong).text).toContain('read_only');
  });

  test('starts the gateway with options that it knows, and servers', () => {
    const { configPath, isHotReload } = requestOf(gateway.command ?? []);
    expect([configPath, isHotReload]).toEqual(['/etc/mcpo/servers.json', true]);
    expect(serversOf(textOf('deploy/compose/servers.json'))).toEqual(['time', 'memory']);
  });

  test('gives Open WebUI the tools, for all users, with the key of the gateway', () => {
    expect(gateway.environment['MCPO_API_KEY']).toBe(key);
    expect(JSON.parse(webui.environment['TOOL_SERVER_CONNECTIONS'] ?? '')).toMatchObject([
      {
        type: 'openapi',
        url: 'http://gateway:8000',
        path: 'openapi.json',
        auth_type: 'bearer',
        key,
        info: { id: 'tools' },
        config: {
          enable: true,
          access_grants: [{ principal_type: 'user', principal_id: '*', permission: 'read' }],
        },
      },
    ]);
  });

  test('needs a key', () => expect(textOf('compose.yaml')).toContain('${MCPO_API_KEY:?'));
});
