import { problemType, type Problem } from '../errors.ts';

/** RFC 9457 section 3. */
export const problemMediaType = 'application/problem+json';

/** The HTTP status a problem answers with. */
export function problemStatus(problem: Problem): number {
  return problem.status ?? problemType(problem.code).status;
}

/**
 * The RFC 9457 body of a problem, as JSON text.
 *
 * `type` is a URN: it identifies, and promises no page behind it (RFC 9457 section 3.1.1).
 */
export function toProblemBody(problem: Problem, requestId: string): string {
  const text = JSON.stringify({
    type: `urn:mcpo-toolkit:problem:${problem.code}`,
    title: problemType(problem.code).title,
    status: problemStatus(problem),
    detail: problem.detail,
    code: problem.code,
    requestId,
    ...problem.extensions,
  });
  if (problem.rawExtensions === undefined) return text;
  const raw = Object.entries(problem.rawExtensions).map(([name, json]) => `,${JSON.stringify(name)}:${json}`);
  return `${text.slice(0, -1)}${raw.join('')}}`;
}
