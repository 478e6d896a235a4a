import { createMcpoProfile, type McpoProfileOptions } from '../../../src/compat/mcpo-profile.ts';
import type { HttpOptions } from '../../../src/http/server.ts';
import type { ScriptedTool } from '../../fixtures/in-memory-upstream.ts';
import { createTestGateway, type TestGateway } from '../../fixtures/test-gateway.ts';

/** What came back from a tool, or for a page. */
export interface CompatAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body, parsed. @throws SyntaxError */
  json(): unknown;
}

/** A gateway in mcpo's place, over an in-memory upstream. */
export async function createCompatGateway(
  tools: readonly ScriptedTool[],
  options: Partial<HttpOptions> & Partial<McpoProfileOptions> = {},
): Promise<TestGateway> {
  const { info = {}, strictAuth = false, rootPath = '', pathPrefix = '', apiKey } = options;
  const profile = createMcpoProfile({ info, hasKey: apiKey !== undefined, strictAuth, rootPath, pathPrefix });
  return await createTestGateway(tools, { ...options, profile, toResultBody: profile.toResultBody });
}

/** Sends a request with a JSON body, given as its text. */
export async function ask(
  { app }: TestGateway,
  url: string,
  body?: string | Buffer,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): Promise<CompatAnswer> {
  const answer = await app.inject({
    method: 'POST',
    url,
    headers,
    ...(body !== undefined && { payload: body }),
  });
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: answer.body,
    json: () => JSON.parse(answer.body) as unknown,
  };
}

/** A tool that says what it got, to the letter. */
export function echoing(inputSchema: unknown, rest: Partial<ScriptedTool> = {}): ScriptedTool {
  return { name: 'echo', inputSchema, ...rest };
}
