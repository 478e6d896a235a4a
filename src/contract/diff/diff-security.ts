import { toCanonicalJson } from '../canonicalize.ts';
import type { JsonValue } from '../../json/value.ts';
import { addChange, isEqual, pairMembers, type Both, type Differ, type Scope } from './differ.ts';

/** Compares Security Requirement Objects: each is one way in (OpenAPI 3.1 section 4.8.30). */
export function diffSecurity(differ: Differ, scope: Scope, [a, b]: Both): void {
  const [before, after] = [toWaysIn(a), toWaysIn(b)];
  // Whoever had what one asked for has what another asks for that asks no more.
  const lost = [...before].filter((way) => !isMetBy(way, after));
  const added = [...after].filter((way) => !isMetBy(way, before));
  // Whoever may come without credentials may still come with them.
  const isOpen = after.has(anonymous);
  if (lost.length > 0 && !isOpen) {
    const message = before.has(anonymous)
      ? 'credentials are required now'
      : `credentials no longer accepted: ${lost.map(toWords).join(', ')}`;
    addChange(differ, scope, 'breaking', ['security'], message);
  } else if (added.length > 0) {
    const message = isOpen
      ? 'credentials are no longer required'
      : `credentials now accepted: ${added.map(toWords).join(', ')}`;
    addChange(differ, scope, 'compatible', ['security'], message);
  }
}

/** True when credentials were required, and are no longer. */
export function isOpened([a, b]: Both): boolean {
  return !toWaysIn(a).has(anonymous) && toWaysIn(b).has(anonymous);
}

/** Compares the Security Scheme Objects of both documents by name. */
export function diffSecuritySchemes(differ: Differ, scope: Scope, [a, b]: Both): void {
  for (const [name, before, after] of pairMembers(a, b)) {
    if (before === undefined || after === undefined || isEqual(before, after)) continue;
    const changed = pairMembers(before, after).filter(([, old, now]) => !isEqual(old, now));
    for (const [member] of changed) {
      const isWord = member === 'description' || member.startsWith('x-');
      const isIdentity = ['type', 'scheme', 'in', 'name'].includes(member);
      const severity = isWord ? 'editorial' : isIdentity ? 'breaking' : 'unknown';
      const tokens = ['components', 'securitySchemes', name, member];
      addChange(differ, scope, severity, tokens, `security scheme ${name}: ${member} changed`);
    }
  }
}

const anonymous = '{}';

function toWaysIn(security: JsonValue | undefined): ReadonlySet<string> {
  const ways: readonly JsonValue[] = Array.isArray(security) ? security : [];
  return new Set(ways.length === 0 ? [anonymous] : ways.map((way) => toCanonicalJson(way)));
}

/** Whether who comes that way is let in by one of the others. */
function isMetBy(way: string, others: ReadonlySet<string>): boolean {
  if (others.has(way)) return true;
  const given = toSchemes(way);
  return [...others].some((other) => {
    const asked = toSchemes(other);
    return (
      asked.size === given.size &&
      [...asked].every(([name, scopes]) => scopes.every((scope) => given.get(name)?.includes(scope) === true))
    );
  });
}

/** The scopes that are asked for, by scheme. */
function toSchemes(way: string): ReadonlyMap<string, readonly string[]> {
  const parsed: unknown = JSON.parse(way);
  // Canonical JSON was parsed.
  return new Map(
    pairMembers(parsed as JsonValue, undefined).map(([name, scopes]) => [
      name,
      Array.isArray(scopes) ? scopes.map(String) : [],
    ]),
  );
}

function toWords(way: string): string {
  return [...toSchemes(way)]
    .map(([name, scopes]) => (scopes.length === 0 ? name : `${name} (${scopes.join(', ')})`))
    .join(' with ');
}
