import type { VerifyEvent } from '../events.ts';

/** Makes something for people or programs out of a run's events, knowing nothing else of it. */
export interface Reporter {
  readonly onEvent: (event: VerifyEvent) => void;
}

/** Where a reporter writes. */
export type Write = (text: string) => void;
