/** What tells clients apart that take turns: where they call from, or what a header of theirs says. */
export type FairBy = { readonly kind: 'address' } | { readonly kind: 'header'; readonly name: string };
