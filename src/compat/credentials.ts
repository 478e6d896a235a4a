import type { Problem } from '../errors.ts';
import type { Credentials } from '../gateway/profile.ts';

/** How credentials are judged. */
export interface JudgeOptions {
  readonly strictAuth: boolean;
}

const missing = 'Missing or invalid Authorization header';
const unauthorized = (detail: string): Problem => ({ code: 'unauthorized', detail });
const missingBearer: Problem = { ...unauthorized(missing), challenge: 'Bearer' };

/** Tools take the key as Bearer token alone; Basic credentials open pages, under strict authentication. */
export function judgeCredentials(
  credentials: Credentials,
  isPage: boolean,
  { strictAuth }: JudgeOptions,
): Problem | undefined {
  const fault = strictAuth ? judgeStrictly(credentials) : undefined;
  if (fault !== undefined || isPage) return fault;
  if (credentials.kind !== 'key' || credentials.scheme !== 'bearer') return missingBearer;
  return credentials.isRight ? undefined : { code: 'forbidden', detail: 'Invalid API key' };
}

function judgeStrictly(credentials: Credentials): Problem | undefined {
  switch (credentials.kind) {
    case 'absent':
      return unauthorized(missing);
    case 'unreadable':
      return unauthorized(
        credentials.scheme === 'basic'
          ? 'Invalid Basic Authentication format'
          : 'Unsupported authorization method',
      );
    case 'key':
      if (credentials.isRight) return undefined;
      return {
        code: 'forbidden',
        detail: credentials.scheme === 'basic' ? 'Invalid credentials' : 'Invalid API key',
      };
  }
}
