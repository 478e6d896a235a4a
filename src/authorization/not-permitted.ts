import type { Requirement } from '../contract/document/declared-requirements.ts';
import type { Problem } from '../errors.ts';
import { callerName, type Identity } from '../identity/identity.ts';

/** More ways to be let in help nobody. */
const maxWays = 3;

/**
 * Why a caller may not call a tool: which scopes are missing, where scopes would open it.
 *
 * @param requirements any one of which opens it
 */
export function toNotPermitted(
  identity: Identity | undefined,
  requirements: readonly Requirement[],
): Problem {
  const who = describe(identity);
  const ways = requirements
    .filter(({ scopes }) => scopes.length > 0)
    .map(({ scopes }) => ({
      scopes,
      missing: scopes.filter((scope) => identity?.scopes.has(scope) !== true),
    }))
    .toSorted((left, right) => left.missing.length - right.missing.length);
  const [nearest] = ways;
  if (nearest === undefined)
    return {
      code: 'not_permitted',
      detail: `${who} may not call this tool: no rule of the gateway allows it.`,
    };
  const said = ways
    .slice(0, maxWays)
    .map(({ missing }) => `${missing.length > 1 ? 'the scopes' : 'the scope'} ${missing.join(' and ')}`);
  return {
    code: 'not_permitted',
    detail: `${who} may not call this tool without ${said.join(', or ')}.`,
    extensions: { missingScopes: nearest.missing },
    // RFC 6750 section 3.1; a scope holds neither quotation marks nor backslashes (RFC 6749 section 3.3).
    challenge: `Bearer error="insufficient_scope", scope="${nearest.scopes.join(' ')}"`,
  };
}

function describe(identity: Identity | undefined): string {
  const name = callerName(identity);
  if (identity === undefined) return 'A caller that nobody names';
  if (name === undefined) return 'The holder of the shared key';
  return identity.kind === 'api-key' ? `The key '${name}'` : 'This caller';
}
