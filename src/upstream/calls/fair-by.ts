import type { UserTrait } from '../users/user-trait.ts';

/** What tells clients apart that take turns: where they call from, or a trait of theirs. */
export type FairBy = { readonly kind: 'address' } | UserTrait;
