import type { AskedOfPrimary, AskedOfWorker } from './wire-words.ts';
import { answerBy, Wire, type Answers } from './wire.ts';

/** A worker's line to its primary. */
export interface PrimaryLine {
  /** @throws Error when it does not answer in time, or is gone */
  ask<Question extends keyof AskedOfPrimary>(
    question: Question,
    detail: AskedOfPrimary[Question],
    deadlineMs: number,
  ): Promise<unknown>;
}

/** Opens the line. @param answers what this worker answers @param onGone the primary has ended */
export function connectToPrimary(answers: Partial<Answers<AskedOfWorker>>, onGone: () => void): PrimaryLine {
  const wire = new Wire({ send }, answerBy(answers));
  process.on('message', (message) => wire.receive(message));
  process.once('disconnect', () => {
    wire.cut();
    onGone();
  });
  return { ask: async (question, detail, deadlineMs) => await wire.ask(question, detail, deadlineMs) };
}

/** Whoever is gone is told nothing: its end is seen. */
function send(message: object): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
