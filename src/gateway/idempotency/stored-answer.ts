import { problemTypes, type Problem } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';
import type { Answer } from '../answer.ts';

/** An answer as it is kept outside of this process: what is said of it, and its bytes. */
export interface StoredAnswer {
  readonly meta: string;
  readonly body: Buffer;
}

/** An answer, and the request that it was given first. */
export interface AnswerOf {
  readonly answer: Answer;
  readonly requestId: string;
}

/** @see fromStored */
export function toStored({ answer, requestId }: AnswerOf): StoredAnswer {
  if (answer.kind === 'problem')
    return { meta: JSON.stringify({ requestId, problem: answer.problem }), body: Buffer.alloc(0) };
  const { status, mediaType, body } = answer;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return { meta: JSON.stringify({ requestId, status, mediaType }), body: bytes };
}

/** Undefined for what is no such answer: another version of this program may have written it. */
export function fromStored({ meta, body }: StoredAnswer): AnswerOf | undefined {
  const said = parse(meta);
  const requestId = said?.['requestId'];
  if (said === undefined || typeof requestId !== 'string') return undefined;
  const { status, mediaType, problem } = said;
  if (isProblem(problem)) return { requestId, answer: { kind: 'problem', problem } };
  if (typeof status !== 'number' || !isStatus(status) || typeof mediaType !== 'string') return undefined;
  if (!/^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(mediaType)) return undefined;
  return { requestId, answer: { kind: 'body', status, mediaType, body } };
}

function parse(meta: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(meta);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Of an answer, as Node sends it. */
function isStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 200 && status <= 599;
}

function isProblem(value: unknown): value is Problem {
  if (!isJsonObject(value)) return false;
  const { code, detail, status } = value;
  const isKnown = typeof code === 'string' && Object.hasOwn(problemTypes, code);
  return (
    isKnown &&
    typeof detail === 'string' &&
    (status === undefined || (typeof status === 'number' && isStatus(status)))
  );
}
