/** Which of a caller's request headers reach the server. Names are compared without case; `*` stands for any text. */
export interface HeaderForwarding {
  /** Patterns of names that are forwarded; empty means all. */
  readonly allow: readonly string[];
  /** Patterns of names that are not; wins over `allow`. */
  readonly deny: readonly string[];
}
