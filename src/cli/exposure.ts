import { isIPv4 } from 'node:net';
import { asksWhoCalls } from '../config/asks-who-calls.ts';
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

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
