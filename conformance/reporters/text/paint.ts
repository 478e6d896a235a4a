/** Puts colour on a few words of a text for terminals. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

/** @param isColoured false leaves every text as it is */
export function createPaint(isColoured: boolean): Paint {
  const paint =
    (on: number, off: number) =>
    (text: string): string =>
      isColoured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    good: paint(32, 39),
    bad: paint(31, 39),
    doubtful: paint(33, 39),
    faint: paint(2, 22),
    strong: paint(1, 22),
  };
}
