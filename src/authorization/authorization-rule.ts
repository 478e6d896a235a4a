/** Who may call what. A caller has the permissions of every rule that is about it, and no others. */
export interface AuthorizationRule {
  /** It is about callers that have all of these; with none, not about scopes. */
  readonly scopes: readonly string[];
  /** About the holders of these keys of the keys file, by name. */
  readonly keys: readonly string[];
  /** About whoever has the key of `--api-key`. */
  readonly sharedKey: boolean;
  /** About every caller that is known. */
  readonly everyone: boolean;
  /**
   * Tools, as `server/tool`, or a server's name for all of its tools; of an only server, whose tools are at the root, the
   * names of tools. `*` stands for any text.
   */
  readonly allow: readonly string[];
}
