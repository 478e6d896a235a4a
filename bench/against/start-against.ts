import { CannotRunError } from '../cannot-run.ts';
import { HttpCaller, isOk } from '../load/http-call.ts';
import { startOther, type RunningGateway, type ServerWords } from '../subject/gateway-process.ts';
import type { WorkCall } from '../work/calls.ts';

/**
 * Starts the gateway that is compared with.
 *
 * @throws CannotRunError
 */
export async function startAgainst(
  command: string,
  server: ServerWords,
  headers: Readonly<Record<string, string>>,
): Promise<RunningGateway> {
  try {
    return await startOther(command, server, headers);
  } catch (error) {
    if (!(error instanceof CannotRunError)) throw error;
    throw new CannotRunError(`--against: ${error.message}`, error.details);
  }
}

/**
 * Makes each call once: a gateway that answers 404 to everything would be a fast one.
 *
 * @throws CannotRunError when one is not answered
 */
export async function tryCalls({ url, headers }: RunningGateway, work: readonly WorkCall[]): Promise<void> {
  const caller = new HttpCaller(url, headers, 1);
  try {
    for (const { tool, path, argumentsText } of work) {
      const answer = await caller.post(path, argumentsText);
      if (isOk(answer)) continue;
      const what = answer.status === 0 ? answer.body : `HTTP ${answer.status}`;
      throw new CannotRunError(`--against: POST ${path} (${tool}) is not answered: ${what}`);
    }
  } finally {
    caller.close();
  }
}
