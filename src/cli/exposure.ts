import { isIPv4 } from 'node:net';
import type { Settings } from '../config/settings.ts';

/**
 * What to say on stderr about a gateway that answers other machines without asking who calls; undefined when that is
 * not so.
 */
export function toExposureWarning(settings: Settings): string | undefined {
  if (isLoopback(settings.host) || asksWhoCalls(settings)) return undefined;
  const text = [
    `ANYBODY WHO REACHES ${settings.host} CAN CALL THESE TOOLS: no key is asked for.`,
    '',
    'Ask for one:              mcpo-serve --api-key "$(openssl rand -hex 32)" …',
    'or in the environment:    MCPO_API_KEY=…',
    'or answer here alone:     mcpo-serve --host 127.0.0.1 …',
  ];
  const rule = '='.repeat(Math.max(...text.map((line) => line.length)));
  return ['', rule, ...text, rule, '', ''].join('\n');
}

/** Whether the tools are for those alone who show who they are: the one place that knows every way to do so. */
function asksWhoCalls({ apiKey }: Settings): boolean {
  return apiKey !== undefined;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
