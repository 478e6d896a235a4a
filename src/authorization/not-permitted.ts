import type { Requirement } from '../contract/document/declared-requirements.ts';
import type { Problem } from '../errors.ts';
import { callerName, type Identity } from '../identity/identity.ts';

/**
 * Why a caller may not call a tool: which scopes are missing, where scopes would open it.
 *
 * Of several ways it is the one that lacks fewest, of these the first rule's: text, member and challenge say the same.
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
  const { missing } = nearest;
  const lacks = `${missing.length > 1 ? 'the scopes' : 'the scope'} ${missing.join(' and ')}`;
  const others =
    ways.length > 1 ? " Other scopes open it as well: the document's `security` has them all." : '';
  return {
    code: 'not_permitted',
    detail: `${who} may not call this tool without ${lacks}.${others}`,
    extensions: { missingScopes: missing },
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
