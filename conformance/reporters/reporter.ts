import type { VerifyEvent } from '../events.ts';

/** Makes something for people or programs out of the events of one run or several, knowing nothing else of them. */
export interface Reporter {
  /** The events of a run come together; the next run begins with `run-started` again. */
  readonly onEvent: (event: VerifyEvent) => void;
  /** No more runs will come; called once. */
  readonly onEnd?: () => void;
}

/** Where a reporter writes. */
export type Write = (text: string) => void;
