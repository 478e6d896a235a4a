/** A failure that the caller can correct: answered with `isError` (MCP 2025-11-25, server/tools, Error Handling). */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure';
}
