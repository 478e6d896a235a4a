import {
  diffDocuments,
  isJsonObject,
  withoutRequirements,
  type Change,
  type JsonObject,
} from '../../src/index.ts';
import type { GatewayUnderTest } from '../gateway/gateway.ts';
import { readRestDocument } from '../gateway/rest-document.ts';
import type { Probe, ProbeContext } from './check.ts';
import { createContractCheck } from './contract-check.ts';

const MAX_SHOWN = 5;

export const contractDrift: Probe = createContractCheck(
  {
    id: 'contract/drift',
    title: 'The tools are those of the committed contract',
    severity: 'error',
    requirement: 'contract-is-kept',
  },
  (gateway, context) => {
    const { contract, tools } = context;
    if (contract === undefined) {
      return Promise.resolve({ kind: 'not-exercised', reason: 'no contract was given; see --contract' });
    }
    const live = toLive(gateway, contract);
    if (live === undefined) {
      const reason = 'the contract has several servers; name their gateway with --rest';
      return Promise.resolve({ kind: 'not-exercised', reason });
    }
    const names = toToolNames(contract, live);
    // Rules of who may call what are of the gateway that the contract was written with.
    const { changes } = diffDocuments(gateway.isOwn ? withoutRequirements(contract) : contract, live);
    const drift = gateway.isOwn ? changes.filter((change) => !isOfCredentials(change)) : changes;
    for (const group of groupChanges(drift)) tell(group, names, context);
    return Promise.resolve({ kind: 'exercised', tools: tools.map(({ name }) => name) });
  },
);

/** The document of today. Of a gateway that this run has started, what depends on how it is started is left as it was. */
function toLive({ isOwn, document }: GatewayUnderTest, contract: JsonObject): JsonObject | undefined {
  const { source } = document;
  if (!isOwn) return source;
  const operations = readRestDocument(contract, 'http://localhost').operations;
  if (operations.some((operation) => operation.source['x-mcp-server'] !== undefined)) return undefined;
  const { securitySchemes: _, ...components } = toObject(source['components']);
  const { securitySchemes } = toObject(contract['components']);
  return {
    ...source,
    ...pick(contract, ['info', 'servers', 'security']),
    components: { ...components, ...(securitySchemes !== undefined && { securitySchemes }) },
  };
}

/** The gateway of this run has a key, whether or not the one of the contract has. */
function isOfCredentials({ pointer }: Change): boolean {
  return /^\/responses\/40[13](?:\/|$)/.test(pointer);
}

/** Changes of one operation and severity belong together. */
function groupChanges(changes: readonly Change[]): readonly (readonly Change[])[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = JSON.stringify([change.operation?.path, change.operation?.method, change.severity]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return [...groups.values()];
}

function tell(
  changes: readonly Change[],
  names: ReadonlyMap<string, string>,
  { report }: ProbeContext,
): void {
  const [first] = changes;
  if (first === undefined) return;
  const { severity, operation } = first;
  const tool = operation === undefined ? undefined : names.get(operation.path);
  const shown = changes.slice(0, MAX_SHOWN).map(({ pointer, message }) => `${pointer || '/'}: ${message}`);
  const more = changes.length > MAX_SHOWN ? [`${changes.length - MAX_SHOWN} more`] : [];
  report({
    variant: `${severity} ${operation?.path ?? 'document'}`,
    title: titles[severity],
    severity: severity === 'breaking' ? 'error' : 'warning',
    tool,
    expected: `what the contract says of ${operation === undefined ? 'all operations' : operation.path}`,
    seen: [...shown, ...more].join('; '),
  });
}

const titles: Readonly<Record<Change['severity'], string>> = {
  breaking: 'A change breaks the committed contract',
  unknown: 'A change may break the committed contract',
  compatible: 'A change goes beyond the committed contract',
  editorial: 'The words of the committed contract have changed',
};

function toToolNames(...documents: readonly JsonObject[]): ReadonlyMap<string, string> {
  return new Map(
    documents.flatMap((document) =>
      readRestDocument(document, 'http://localhost').operations.map(
        ({ path, tool }) => [path, tool] as const,
      ),
    ),
  );
}

function pick(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key) => (object[key] === undefined ? [] : [[key, object[key]] as const])),
  );
}

function toObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
