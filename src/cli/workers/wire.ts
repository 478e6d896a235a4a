/** What one process sends another, and that other to it: `node:child_process` has such a channel to each child. */
export interface Channel {
  /** Never throws: whoever is gone gets nothing. */
  send(message: object): void;
}

/** Answers what the other end asks. What it throws the other end gets as an error. */
export type Answer = (question: string, detail: unknown) => unknown;

/** Answers to questions by their names; `Asked` says with what each is asked. */
export type Answers<Asked> = { readonly [Q in keyof Asked]: (detail: Asked[Q]) => unknown };

/** Answers those questions, and no others. */
export function answerBy<Asked>(answers: Partial<Answers<Asked>>): Answer {
  return (question, detail) => {
    if (!Object.hasOwn(answers, question)) throw new Error(`nobody knows what '${question}' is`);
    // Both ends run the same program: each question comes with what is declared for it.
    return (answers[question as keyof Asked] as (detail: unknown) => unknown)(detail);
  };
}

interface Ask {
  readonly ask: string;
  readonly id: number;
  readonly detail: unknown;
}

interface Told {
  readonly told: number;
  readonly value?: unknown;
  readonly problem?: string;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** One end of the talk between a worker and its primary: questions, each with one answer. */
export class Wire {
  readonly #channel: Channel;
  readonly #answer: Answer;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #isCut = false;

  constructor(channel: Channel, answer: Answer) {
    this.#channel = channel;
    this.#answer = answer;
  }

  /** Asks the other end. @throws Error when it answers none within `deadlineMs`, fails, or is gone */
  async ask(question: string, detail: unknown, deadlineMs: number): Promise<unknown> {
    if (this.#isCut) throw new Error(`${question}: nobody is there`);
    this.#lastId += 1;
    const id = this.#lastId;
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#settle(id)?.reject(new Error(`${question}: no answer within ${deadlineMs} ms`)),
        deadlineMs,
      );
      this.#waiting.set(id, { resolve, reject, timer });
      this.#channel.send({ ask: question, id, detail } satisfies Ask);
    });
  }

  /** Takes a message of the other end; others on the same channel are none of its business. */
  receive(message: unknown): void {
    if (typeof message !== 'object' || message === null) return;
    // Both ends are of the same version of this file.
    if ('ask' in message) void this.#reply(message as Ask);
    else if ('told' in message) {
      const { told, value, problem } = message as Told;
      const waiting = this.#settle(told);
      if (problem === undefined) waiting?.resolve(value);
      else waiting?.reject(new Error(problem));
    }
  }

  /** The other end is gone: nothing waits for it any more. */
  cut(): void {
    this.#isCut = true;
    for (const id of this.#waiting.keys()) this.#settle(id)?.reject(new Error('nobody is there any more'));
  }

  /** Never rejects. */
  async #reply({ ask, id, detail }: Ask): Promise<void> {
    try {
      this.#channel.send({ told: id, value: await this.#answer(ask, detail) } satisfies Told);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      this.#channel.send({ told: id, problem } satisfies Told);
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    clearTimeout(waiting?.timer);
    this.#waiting.delete(id);
    return waiting;
  }
}
