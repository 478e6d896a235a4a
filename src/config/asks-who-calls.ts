import type { Settings } from './settings.ts';

type Ways = Pick<Settings, 'apiKey' | 'apiKeysFile' | 'tokens' | 'trustedProxies'>;

/** Whether tools are for those alone who show who they are: the one place that knows every way to do so. */
export function asksWhoCalls(settings: Ways): boolean {
  return takesCredentials(settings) || settings.trustedProxies !== undefined;
}

/** Whether they do so by credentials in the Authorization header, which is the gateway's own then. */
export function takesCredentials({ apiKey, apiKeysFile, tokens }: Omit<Ways, 'trustedProxies'>): boolean {
  return apiKey !== undefined || apiKeysFile !== undefined || tokens !== undefined;
}
