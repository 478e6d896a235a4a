/** A tool as an MCP server lists it (MCP 2025-11-25, server/tools). Schemas are unknown until translated. */
export interface Tool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema?: unknown;
  readonly outputSchema?: unknown;
  readonly annotations?: unknown;
}
