import type { Problem } from '../errors.ts';
import { problemStatus } from '../gateway/problem.ts';
import type { ProblemAnswer } from '../gateway/profile.ts';

/** A problem as `{"detail": …}`, with the status that mcpo answers with in its place, where it has one. */
export function toProblemAnswer(problem: Problem): ProblemAnswer {
  const { status, detail } = toDetail(problem);
  return { status, mediaType: 'application/json', body: `{"detail":${detail}}` };
}

/** JSON-RPC error codes (JSON-RPC 2.0 section 5.1) that do not become 500. */
const upstreamStatus: ReadonlyMap<unknown, number> = new Map([
  [-32700, 400],
  [-32600, 400],
  [-32601, 404],
]);

function toDetail(problem: Problem): { readonly status: number; readonly detail: string } {
  const { code, detail: text, extensions } = problem;
  switch (code) {
    case 'not_found':
      return { status: 404, detail: '"Not Found"' };
    case 'method_not_allowed':
      return { status: 405, detail: '"Method Not Allowed"' };
    case 'rejected_arguments':
      return { status: 422, detail: toMessage(problem) };
    case 'upstream_error':
      return {
        status: upstreamStatus.get(extensions?.['upstreamCode']) ?? 500,
        detail: toMessage(problem),
      };
    case 'tool_error':
    case 'invalid_result':
    case 'result_too_large':
    case 'upstream_unavailable':
      return { status: 500, detail: JSON.stringify({ message: 'Unexpected error', error: text }) };
    default:
      return {
        status: problemStatus(problem),
        detail: problem.rawExtensions?.['errors'] ?? JSON.stringify(text),
      };
  }
}

function toMessage({ detail, extensions }: Problem): string {
  const data = extensions?.['data'];
  return JSON.stringify({ message: detail, ...(data !== undefined && data !== null && { data }) });
}
