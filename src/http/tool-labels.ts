/** Tools that have series of their own; each has some forty, and 500 take about 20 ms to render. */
const defaultMaxTools = 500;
/** For all others, of all servers together; no tool of MCP can be called so. */
const otherTools = '…other';

/** Keeps the number of labels bounded: the first tools that are called have their own, the rest share one. */
export class ToolLabels {
  readonly #maxTools: number;
  readonly #labels = new Map<string, Map<string, string>>();
  #size = 0;

  constructor(maxTools: number = defaultMaxTools) {
    this.#maxTools = maxTools;
  }

  /** The `tool` label for a tool of a server. */
  of(server: string, tool: string): string {
    return this.#labels.get(server)?.get(tool) ?? this.#add(server, tool);
  }

  /** Names of the servers that have labels. */
  get servers(): readonly string[] {
    return [...this.#labels.keys()];
  }

  /** Makes room for the tools of other servers. */
  forget(server: string): void {
    this.#size -= this.#labels.get(server)?.size ?? 0;
    this.#labels.delete(server);
  }

  #add(server: string, tool: string): string {
    let labels = this.#labels.get(server);
    if (labels === undefined) {
      labels = new Map();
      this.#labels.set(server, labels);
    }
    if (this.#size >= this.#maxTools) return otherTools;
    this.#size += 1;
    labels.set(tool, tool);
    return tool;
  }
}
