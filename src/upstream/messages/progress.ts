import { isJsonObject } from '../../json/value.ts';
import type { Progress } from '../upstream.ts';

/** Reads one notifications/progress (MCP basic/utilities/progress); undefined when it is not one of ours or not valid. */
export function parseProgress(
  text: string,
): { readonly token: number; readonly progress: Progress } | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  const params = isJsonObject(message) ? message['params'] : undefined;
  if (!isJsonObject(params)) return undefined;
  const { progressToken, progress, total, message: words } = params;
  // Our tokens are numbers, so a string of digits can only mean the number.
  const token = typeof progressToken === 'string' ? Number(progressToken) : progressToken;
  if (typeof token !== 'number' || typeof progress !== 'number') return undefined;
  return {
    token,
    progress: {
      progress,
      ...(typeof total === 'number' ? { total } : {}),
      ...(typeof words === 'string' ? { message: words } : {}),
    },
  };
}
