import type { HttpRequestOptions } from '../../fixtures/http-client.ts';

/** Which pair of gateways is asked: all servers by a file, everything with a key, or the time under strict authentication. */
export type Target = 'config' | 'keyed' | 'strict';

/** One request that both are sent. */
export interface CompatCase {
  readonly target: Target;
  readonly path: string;
  readonly request: HttpRequestOptions;
  /** The rule by which the answers differ; without one, they must agree. */
  readonly differs?: string;
}

/** The headers of a JSON body. */
export const json: Readonly<Record<string, string>> = { 'content-type': 'application/json' };

/** A request with a JSON body, given as its text. */
export function post(path: string, body: string, differs?: string): CompatCase {
  return toCase('config', path, { body, headers: json }, differs);
}

/** A request of any other kind. */
export function toCase(
  target: Target,
  path: string,
  request: HttpRequestOptions,
  differs?: string,
): CompatCase {
  return { target, path, request, ...(differs !== undefined && { differs }) };
}

/** A case in one line. */
export function titleOf({ target, path, request }: CompatCase): string {
  const { method = 'POST', headers = {}, body } = request;
  const { 'content-type': type, ...others } = headers;
  const shown = [
    ...(type === 'application/json' ? [] : [type ?? 'without a type']),
    ...Object.entries(others).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [typeof body === 'string' ? body : `bytes ${body.toString('hex')}`]),
  ];
  return `${target === 'config' ? '' : `${target} `}${method} ${path} ${shown.join(' ')}`.slice(0, 300);
}
