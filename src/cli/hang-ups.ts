/** SIGHUPs on their way to a listener that may not be there yet: what came before is told at once, and only once. */
export class HangUps {
  #listener: (() => void) | undefined;
  #isMissed = false;

  /** Takes one hang-up. */
  readonly signal = (): void => {
    if (this.#listener === undefined) this.#isMissed = true;
    else this.#listener();
  };

  listen(listener: () => void): void {
    this.#listener = listener;
    if (this.#isMissed) listener();
  }
}
