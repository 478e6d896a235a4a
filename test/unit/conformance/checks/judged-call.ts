import type { CallCheck } from '../../../../conformance/checks/check.ts';
import type { FindingDraft } from '../../../../conformance/findings/finding.ts';
import type { Intent, JudgedCall } from '../../../../conformance/fuzzing/test-call.ts';
import type { JsonObject, JsonValue } from '../../../../src/index.ts';

export interface CallParts {
  readonly tool?: JsonObject;
  readonly arguments?: JsonObject;
  readonly intent?: Intent;
  readonly what?: string;
  readonly result?: JsonValue;
  readonly error?: JsonObject;
}

/** What a check says of a call with this answer. */
export function judge(check: CallCheck, parts: CallParts): readonly FindingDraft[] {
  return check.judge(toCall(parts));
}

/** A result with one text. */
export function saying(text: string, more: JsonObject = {}): JsonObject {
  return { content: [{ type: 'text', text }], ...more };
}

/** An error of the tool's. */
export function failing(text: string): JsonObject {
  return saying(text, { isError: true });
}

/** The intent of a call that breaks one keyword. */
export function breaking(keyword: string, isCoercible = false): Intent {
  return { kind: 'invalid', pointer: '/properties/a', keyword, isCoercible };
}

function toCall(parts: CallParts): JudgedCall {
  const { tool = {}, intent = { kind: 'valid' }, what = '/a is 1', result = null, error } = parts;
  const line = { direction: 'received', text: JSON.stringify(error ?? result), atMs: 2 } as const;
  const reply =
    error === undefined
      ? ({ kind: 'result', result, line, tookMs: 1 } as const)
      : ({ kind: 'error', error, line, tookMs: 1 } as const);
  const request = {
    id: 1,
    method: 'tools/call',
    params: {},
    tool: 'tool',
    progressToken: undefined,
    text: '{}',
    sentAtMs: 1,
    responses: 1,
    isCancelled: false,
  };
  return {
    tool: { name: 'tool', source: { name: 'tool', inputSchema: { type: 'object' }, ...tool } },
    phase: 'coverage',
    intent,
    arguments: parts.arguments ?? {},
    what,
    isAlike: () => true,
    pending: { request, reply: Promise.resolve(reply) },
    reply,
  };
}
