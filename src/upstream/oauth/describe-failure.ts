import { OAuthError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { oneLine } from './one-line.ts';

/**
 * Says in one line what went wrong, without any of the secrets and without bodies of answers: an authorization server's
 * error page may repeat the whole request, code, verifier and all.
 */
export function describeFailure(error: unknown, secrets: readonly (string | undefined)[] = []): string {
  let text = withoutBody(textOf(error));
  for (const secret of secrets) {
    if (secret === undefined || secret === '') continue;
    text = text.replaceAll(secret, '…').replaceAll(encodeURIComponent(secret), '…');
  }
  return oneLine(text);
}

function textOf(error: unknown): string {
  if (error instanceof OAuthError) {
    return error.message === '' ? error.errorCode : `${error.errorCode}: ${error.message}`;
  }
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return code === undefined ? error.message : `${error.message} (${code})`;
}

/** The SDK puts the whole body of an answer that is no OAuth error into its message. */
function withoutBody(text: string): string {
  const status = /HTTP \d+(?=: Invalid OAuth error response)/.exec(text)?.[0];
  if (status !== undefined) return `${status}, and no OAuth error`;
  return text.includes('Raw body:') ? 'an answer that is no OAuth error' : text;
}
