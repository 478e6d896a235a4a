import type { Settings } from '../config/settings.ts';
import type { Contract } from '../contract/contract.ts';
import { declareRequirements } from '../contract/document/declared-requirements.ts';
import { toDocumentForm } from '../contract/forms/document-form.ts';
import { toYaml } from '../contract/yaml.ts';
import type { JsonObject } from '../json/value.ts';
import { createGateway } from './create-gateway.ts';
import type { Rules } from './create-rules.ts';
import { Fleet } from './fleet.ts';
import { loadRules } from './load-rules.ts';
import { readLock } from './read-lock.ts';
import { ServedLimits } from './served-limits.ts';
import { withFleet, type StartOptions } from './serve.ts';

/**
 * Starts the MCP servers, reads the document that would be served, and ends them.
 *
 * @param format of the text that is returned
 * @throws as `serve` does, but for the address
 */
export async function readDocument(
  settings: Settings,
  format: 'json' | 'yaml',
  options: StartOptions,
): Promise<string> {
  const lock = await readLock(settings);
  const rules = await loadRules(settings, undefined, options.logger);
  const fleet = new Fleet(settings, options.logger);
  return await withFleet(fleet, options, async () => {
    await fleet.start();
    const gateway = await createGateway(
      settings,
      fleet.mounted,
      { lock, limits: new ServedLimits(settings), onTools: rules?.check },
      options.logger,
    );
    const { json, document } = toDocumentForm({ document: toShown(gateway.contract, rules) }, settings);
    await gateway.close(settings.shutdownTimeoutMs);
    return format === 'json' ? json : toYaml(document);
  }).finally(() => rules?.close());
}

function toShown({ document }: Contract, rules: Rules | undefined): JsonObject {
  const authorization = rules?.authorization;
  return authorization?.rules === undefined
    ? document
    : declareRequirements(document, '', (target) => authorization.requirementsOf(target));
}
