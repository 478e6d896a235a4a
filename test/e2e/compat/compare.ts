import { isDeepStrictEqual } from 'node:util';
import type { HttpAnswer } from '../../fixtures/http-client.ts';

/** How two answers compare: `same_bytes` and `same_value` (JSON that means the same) both agree. */
export interface Comparison {
  readonly kind: 'same_bytes' | 'same_value' | 'different';
  /** What differs, theirs before ours. */
  readonly note: string;
}

/** Compares status, content type and body. */
export function compare(theirs: HttpAnswer, ours: HttpAnswer): Comparison {
  const left = normalize(theirs);
  const right = normalize(ours);
  if (left.head !== right.head) return { kind: 'different', note: `${left.head} → ${right.head}` };
  if (left.body === right.body) return { kind: 'same_bytes', note: '' };
  const [leftValue, rightValue] = [parse(left.body), parse(right.body)];
  if (leftValue !== undefined && isDeepStrictEqual(leftValue, rightValue))
    return { kind: 'same_value', note: '' };
  return { kind: 'different', note: `${clip(left.body)} → ${clip(right.body)}` };
}

function normalize({ status, headers, text }: HttpAnswer): { readonly head: string; readonly body: string } {
  return {
    head: `${status} ${headers['content-type'] ?? ''}`,
    // The clock runs on between two requests.
    body: text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?/g, '<time>'),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function clip(text: string): string {
  return text.length <= 160 ? text : `${text.slice(0, 160)}…`;
}
