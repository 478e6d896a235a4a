/** The synthetic servers, by what they are like. */
export const syntheticKinds = ['echo', 'echo-sdk', 'slow', 'blocking', 'mixed', 'large', 'flaky'] as const;

export type SyntheticKind = (typeof syntheticKinds)[number];
