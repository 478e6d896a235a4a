import { toCanonicalJson } from '../canonicalize.ts';
import type { JsonValue } from '../../json/value.ts';
import { addChange, isEqual, pairMembers, type Both, type Differ, type Scope } from './differ.ts';

/** Compares Security Requirement Objects: each is one way in (OpenAPI 3.1 section 4.8.30). */
export function diffSecurity(differ: Differ, scope: Scope, [a, b]: Both): void {
  const [before, after] = [toWaysIn(a), toWaysIn(b)];
  const lost = [...before].filter((way) => !after.has(way));
  const added = [...after].filter((way) => !before.has(way));
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

function toWords(way: string): string {
  const parsed: unknown = JSON.parse(way);
  // Canonical JSON was parsed.
  return pairMembers(parsed as JsonValue, undefined)
    .map(([name]) => name)
    .join(' with ');
}
