import type { Problem } from '../errors.ts';
import type { Requirement } from '../contract/document/declared-requirements.ts';
import { isKeyOf, type Identity } from '../identity/identity.ts';
import type { AuthorizationRule } from './authorization-rule.ts';
import { toNotPermitted } from './not-permitted.ts';
import { toPermissions, type Permissions } from './permissions.ts';
import { toRequirements } from './requirements.ts';
import type { Target } from './tool-patterns.ts';

/** Rules that are to be had at a time, each in some combination with the others, are few: more are made anew. */
const maxPermissions = 1_000;

/**
 * Who may call what, by the rules of the moment; without any rule, everybody may call everything.
 *
 * Rules are replaced whole. What they say of a caller is found once, and kept with its identity.
 */
export class Authorization {
  #rules: readonly AuthorizationRule[] | undefined;
  /** Tells the rules of the moment from those before. */
  #generation = 0;
  #byIdentity = new WeakMap<Identity, Permissions>();
  readonly #byRules = new Map<string, Permissions>();
  #nobody: Permissions = toPermissions('0:', []);

  /** @param rules undefined where everything is allowed to everyone */
  constructor(rules: readonly AuthorizationRule[] | undefined) {
    this.#rules = rules;
  }

  get rules(): readonly AuthorizationRule[] | undefined {
    return this.#rules;
  }

  /** From the next call on, these hold. */
  replace(rules: readonly AuthorizationRule[] | undefined): void {
    this.#rules = rules;
    this.#generation += 1;
    this.#byIdentity = new WeakMap();
    this.#byRules.clear();
    this.#nobody = toPermissions(`${this.#generation}:`, []);
  }

  /** What a caller may call; undefined: everything. @param identity undefined for callers that are not known */
  permissionsOf(identity: Identity | undefined): Permissions | undefined {
    if (this.#rules === undefined) return undefined;
    if (identity === undefined) return this.#nobody;
    let permissions = this.#byIdentity.get(identity);
    if (permissions === undefined) {
      permissions = this.#find(identity, this.#rules);
      this.#byIdentity.set(identity, permissions);
    }
    return permissions;
  }

  /** Why a caller may not call a tool; undefined when it may. */
  refusalOf(identity: Identity | undefined, target: Target): Problem | undefined {
    const permissions = this.permissionsOf(identity);
    if (permissions === undefined || permissions.allows(target)) return undefined;
    return toNotPermitted(identity, toRequirements(this.#rules ?? [], target));
  }

  /** What a caller has to have for a tool: any one of these; undefined where there are no rules. */
  requirementsOf(target: Target): readonly Requirement[] | undefined {
    return this.#rules && toRequirements(this.#rules, target);
  }

  #find(identity: Identity, rules: readonly AuthorizationRule[]): Permissions {
    const own = rules.filter((rule) => isAbout(rule, identity));
    const key = own.map((rule) => rules.indexOf(rule)).join(',');
    const known = this.#byRules.get(key);
    if (known !== undefined) return known;
    if (this.#byRules.size >= maxPermissions) this.#byRules.clear();
    const permissions = toPermissions(`${this.#generation}:${key}`, own);
    this.#byRules.set(key, permissions);
    return permissions;
  }
}

function isAbout({ scopes, keys, sharedKey, everyone }: AuthorizationRule, identity: Identity): boolean {
  if (everyone) return true;
  if (scopes.length > 0 && scopes.every((scope) => identity.scopes.has(scope))) return true;
  if (keys.some((name) => isKeyOf(identity, name))) return true;
  return sharedKey && (identity.by ?? identity).kind === 'shared-key';
}
