import type { CallResult } from '../gateway/call-result.ts';
import type { ContentBlock } from '../gateway/content-block.ts';
import { unwrapContent } from '../gateway/unwrap.ts';
import { toCompactJson } from './compact-json.ts';

/**
 * The JSON text that mcpo answers a result with: one item's value, or a list of them; structured content is not looked at.
 *
 * What mcpo drops (audio, links, embedded resources) stays. Undefined when there is no content.
 */
export function toResultBody({ content }: CallResult): string | undefined {
  if (content === undefined || content === 'ill-typed' || content.length === 0) return undefined;
  const values = content.map(toValue);
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : `[${values.join(',')}]`;
}

function toValue(block: ContentBlock): string {
  const { text } = block.value;
  if (block.type === 'text' && typeof text === 'string') return toCompactJson(text) ?? JSON.stringify(text);
  return unwrapContent([block]);
}
