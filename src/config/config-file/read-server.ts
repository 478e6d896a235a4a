import type { CommonServerSettings, ServerSettings } from '../server-settings.ts';
import { type ConfigNode, type ObjectNode } from './config-node.ts';
import { addFault, fieldOf, readBoolean, readNumber, readTexts, type ReadContext } from './field-reader.ts';
import { readDuration } from './read-duration.ts';
import { readRateLimit, readToolRateLimits } from './read-rate-limit.ts';
import { readRemoteServer } from './read-remote-server.ts';
import { readSession } from './read-session.ts';
import { readStdioServer } from './read-stdio-server.ts';

/**
 * Reads one server; puts into the context's faults whatever the schema cannot tell.
 *
 * @returns undefined for a server that is disabled, or that cannot be read
 */
export function readServer(name: string, node: ObjectNode, context: ReadContext): ServerSettings | undefined {
  // Variables of a server that is not wanted need not be set.
  if (readBoolean(fieldOf(node, context, 'disabled')) === true) return undefined;
  const common = readCommon(name, node, context);
  const hasCommand = fieldOf(node, context, 'command') !== undefined;
  const hasUrl = fieldOf(node, context, 'url') !== undefined;
  // The schema tells of both and of neither.
  if (hasCommand === hasUrl) return undefined;
  return hasCommand ? readStdioServer(node, common, context) : readRemoteServer(node, common, context);
}

function readCommon(name: string, node: ObjectNode, context: ReadContext): CommonServerSettings {
  const enabledTools = readTexts(fieldOf(node, context, 'enabledTools'), context);
  const disabledTools = readTexts(fieldOf(node, context, 'disabledTools'), context);
  const times = readTimes(node, context);
  const maxInFlight = readNumber(fieldOf(node, context, 'maxInFlight'));
  const maxQueue = readNumber(fieldOf(node, context, 'maxQueue'));
  const rateLimit = readRateLimit(fieldOf(node, context, 'rateLimit'), context);
  const toolRateLimits = readToolRateLimits(node, context);
  const isRequired = readBoolean(fieldOf(node, context, 'required'));
  const headerForwarding = readHeaderForwarding(fieldOf(node, context, 'clientHeaderForwarding'), context);
  const session = readSession(fieldOf(node, context, 'session'), context);
  return {
    name,
    ...(enabledTools !== undefined && { enabledTools }),
    ...(disabledTools !== undefined && { disabledTools }),
    ...times,
    ...(maxInFlight !== undefined && { maxInFlight }),
    ...(maxQueue !== undefined && { maxQueue }),
    ...(rateLimit !== undefined && { rateLimit }),
    ...(toolRateLimits !== undefined && { toolRateLimits }),
    ...(isRequired !== undefined && { isRequired }),
    ...(headerForwarding !== undefined && { headerForwarding }),
    ...(session !== undefined && { session }),
  };
}

type Times = Pick<CommonServerSettings, 'callTimeoutMs' | 'toolTimeoutsMs' | 'maxCallTimeMs'>;

function readTimes(node: ObjectNode, context: ReadContext): Times {
  const maxCallTimeMs = readDuration(fieldOf(node, context, 'maxCallTime'), context);
  const readShorter = (timeout: ConfigNode | undefined): number | undefined => {
    const ms = readDuration(timeout, context);
    if (timeout !== undefined && ms !== undefined && maxCallTimeMs !== undefined && ms >= maxCallTimeMs) {
      const advice = "make it shorter than 'maxCallTime', or leave one out";
      addFault(context, timeout, `leaves progress nothing to extend; ${advice}`);
    }
    return ms;
  };
  const callTimeoutMs = readShorter(fieldOf(node, context, 'timeout'));
  const tools = fieldOf(node, context, 'toolTimeouts');
  const toolTimeouts = tools?.kind === 'object' ? tools.members : undefined;
  const toolTimeoutsMs = toolTimeouts?.flatMap(({ key, value }) => {
    const ms = readShorter(value);
    return ms === undefined ? [] : [[key, ms] as const];
  });
  return {
    ...(callTimeoutMs !== undefined && { callTimeoutMs }),
    ...(toolTimeoutsMs !== undefined && { toolTimeoutsMs: new Map(toolTimeoutsMs) }),
    ...(maxCallTimeMs !== undefined && { maxCallTimeMs }),
  };
}

function readHeaderForwarding(
  node: ConfigNode | undefined,
  context: ReadContext,
): CommonServerSettings['headerForwarding'] {
  const isEnabled = readBoolean(fieldOf(node, context, 'enabled')) ?? false;
  const allow = readTexts(fieldOf(node, context, 'whitelist'), context) ?? [];
  const deny = readTexts(fieldOf(node, context, 'blacklist'), context) ?? [];
  return isEnabled ? { allow, deny } : undefined;
}
