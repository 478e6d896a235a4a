import type { JsonObject } from '../../json/value.ts';
import { toSharedResponses, type ResponseOptions } from './responses.ts';
import type { ServedTool } from './serve-tools.ts';

/** Says of a tool whether its calls are counted; the server is '' in a document of one. */
export type IsRateLimited = (server: string, tool: string) => boolean;

/** What operations answer besides 200, and the components behind it. */
export interface OperationResponses {
  readonly of: (served: ServedTool) => JsonObject;
  readonly components: JsonObject;
  /** There are tools whose calls are counted. */
  readonly hasLimits: boolean;
}

/** Builds what tools have in common, once for those whose calls are counted and once for those whose are not. */
export function toOperationResponses(
  base: JsonObject,
  served: readonly ServedTool[],
  options: Omit<ResponseOptions, 'isRateLimited'> & { readonly isRateLimited?: IsRateLimited | undefined },
): OperationResponses {
  const { isRateLimited, ...common } = options;
  const limited = new Set(served.filter(({ server, tool }) => isRateLimited?.(server, tool.name) === true));
  const hasLimits = limited.size > 0;
  const counted = toSharedResponses(base, { ...common, isRateLimited: hasLimits });
  if (!hasLimits || limited.size === served.length)
    return { of: () => counted.responses, components: counted.components, hasLimits };
  const others = toSharedResponses(base, common);
  return {
    of: (tool) => (limited.has(tool) ? counted : others).responses,
    components: { ...others.components, ...counted.components },
    hasLimits,
  };
}
