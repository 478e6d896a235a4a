import type { Settings } from './settings.ts';

/** Whether tools are for those alone who show who they are: the one place that knows every way to do so. */
export function asksWhoCalls({
  apiKey,
  apiKeysFile,
  tokens,
}: Pick<Settings, 'apiKey' | 'apiKeysFile' | 'tokens'>): boolean {
  return apiKey !== undefined || apiKeysFile !== undefined || tokens !== undefined;
}
