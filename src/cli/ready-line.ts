import type { ServerStatus } from '../gateway/server-status.ts';
import type { RunningGateway } from '../serve/serve.ts';

/** What is printed once a gateway serves. */
export interface ReadyNote {
  /** For programs. */
  readonly facts: { readonly url: string; readonly tools: number; readonly servers: readonly string[] };
  /** For people, in lines. */
  readonly text: string;
}

/** Describes a gateway that serves. */
export function toReadyNote(gateway: RunningGateway): ReadyNote {
  const { url, toolCount, servers } = gateway;
  return { facts: { url, tools: toolCount, servers }, text: toReadyText(gateway) };
}

function toReadyText(gateway: RunningGateway): string {
  const { url, toolCount, unserved, servers } = gateway;
  const left = unserved.length > 0 ? `, ${unserved.length} left out (see ${url}/readyz)` : '';
  const status = gateway.status();
  const isOne = status.length === 1 && status[0]?.state.kind === 'ready';
  const heading = isOne ? servers.join(', ') : `${servers.length} servers`;
  const lines = [
    `Serving ${heading} at ${url}`,
    `  docs   ${url}/docs`,
    `  tools  ${toolsText(toolCount)}${left}`,
    ...(isOne ? [] : status.map(toServerText)),
  ];
  return `${lines.join('\n')}\n`;
}

function toServerText({ name, state, tools }: ServerStatus): string {
  switch (state.kind) {
    case 'ready':
      return `  - ${name}: ${toolsText(tools)}`;
    case 'connecting':
      return `  - ${name}: still connecting`;
    case 'restarting':
      return `  - ${name}: not connected, tried again (${state.reason})`;
    case 'awaiting_authorization':
      return `  - ${name}: open ${state.url} to let the gateway in`;
    case 'closed':
      return `  - ${name}: closed`;
  }
}

function toolsText(count: number): string {
  return count === 1 ? '1 tool' : `${count} tools`;
}
