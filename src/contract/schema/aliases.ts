import type { JsonObject } from '../../json/value.ts';
import { own } from './own-property.ts';

/** The unit that a unit stands for: a definition that only refers on has no shape of its own. */
export function followAliases(id: string, resolve: (id: string) => JsonObject): string {
  const target = resolve(id);
  const next = own(target, '$ref');
  const isAlias = typeof next === 'string' && Object.keys(target).length === 1;
  return isAlias ? followAliases(next, resolve) : id;
}
