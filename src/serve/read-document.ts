import type { Settings } from '../config/settings.ts';
import { toDocumentForm } from '../contract/forms/document-form.ts';
import { toYaml } from '../contract/yaml.ts';
import { createGateway } from './create-gateway.ts';
import { Fleet } from './fleet.ts';
import { readLock } from './read-lock.ts';
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
  const fleet = new Fleet(settings, options.logger);
  return await withFleet(fleet, options, async () => {
    await fleet.start();
    const gateway = await createGateway(settings, fleet.mounted, { lock }, options.logger);
    const { json, document } = toDocumentForm(gateway.contract, settings);
    await gateway.close(settings.shutdownTimeoutMs);
    return format === 'json' ? json : toYaml(document);
  });
}
