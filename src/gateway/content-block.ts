import type { JsonObject } from '../json/value.ts';

/** One content block of a result: its parsed form, and the bytes the server wrote. */
export interface ContentBlock {
  readonly type: string;
  readonly value: JsonObject;
  readonly bytes: Buffer;
}
