/** A script on one key; Redis runs it as a whole. */
export interface RedisScript {
  readonly name: string;
  readonly lua: string;
  /** Whether a reply is one of this script's: whatever listens there may answer anything. */
  readonly isReply: (reply: unknown) => boolean;
}

export function isNumber(reply: unknown): boolean {
  return typeof reply === 'number';
}
