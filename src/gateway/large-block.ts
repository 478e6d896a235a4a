import type { LargeValues } from '../json/large-values.ts';
import { scanMembers } from '../json/members.ts';
import { isJsonObject, type JsonObject } from '../json/value.ts';
import type { ContentBlock } from './content-block.ts';

/** A content block of a large result, which is known to be valid JSON: cut into its members, parsed only when asked. */
export class LargeBlock implements ContentBlock {
  readonly type: string;
  readonly bytes: Buffer;
  readonly #members: ReadonlyMap<string, Buffer>;
  #value: JsonObject | undefined;

  private constructor(type: string, bytes: Buffer, members: ReadonlyMap<string, Buffer>) {
    this.type = type;
    this.bytes = bytes;
    this.#members = members;
  }

  /** @returns undefined when the block is no object with a type */
  static from(bytes: Buffer, large: LargeValues): LargeBlock | undefined {
    const members = new Map<string, Buffer>();
    const outcome = scanMembers(
      bytes,
      0,
      bytes.length,
      (key, start, end) => void members.set(key, bytes.subarray(start, end)),
      large,
    );
    const type = outcome === 'complete' ? toText(members.get('type')) : undefined;
    return type === undefined ? undefined : new LargeBlock(type, bytes, members);
  }

  /** Costs many times the size of the block. */
  get value(): JsonObject {
    if (this.#value === undefined) {
      const value: unknown = JSON.parse(this.bytes.toString('utf8'));
      this.#value = isJsonObject(value) ? value : {};
    }
    return this.#value;
  }

  /** The JSON string that is the member's value, with its quotes; undefined when that is no string. */
  literal(key: string): Buffer | undefined {
    const member = this.#members.get(key);
    return member?.[0] === QUOTE ? member : undefined;
  }
}

const QUOTE = 0x22;

function toText(literal: Buffer | undefined): string | undefined {
  if (literal?.[0] !== QUOTE) return undefined;
  // It is known to be valid, and to be a string.
  return JSON.parse(literal.toString('utf8')) as string;
}
