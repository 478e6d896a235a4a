import type { AskedOfPrimary, AskedOfWorker } from './wire-words.ts';
import { Wire } from './wire.ts';

/** A worker's line to its primary. */
export interface PrimaryLine {
  /** @throws Error when it does not answer in time, or is gone */
  ask<Question extends keyof AskedOfPrimary>(
    question: Question,
    detail: AskedOfPrimary[Question],
    deadlineMs: number,
  ): Promise<unknown>;
}

/** What a worker answers. */
export type WorkerAnswers = { readonly [Q in keyof AskedOfWorker]: (detail: AskedOfWorker[Q]) => unknown };

/** Opens the line. @param onGone the primary has ended */
export function connectToPrimary(answers: Partial<WorkerAnswers>, onGone: () => void): PrimaryLine {
  const wire = new Wire({ send }, (question, detail) => {
    if (!Object.hasOwn(answers, question)) throw new Error(`nobody knows what '${question}' is`);
    // The primary runs the same program: each question comes with what is declared for it.
    return (answers[question as keyof AskedOfWorker] as (detail: unknown) => unknown)(detail);
  });
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
