export { createStdioTarget, type StdioTargetOptions } from './target/stdio-target.ts';
export { ServerUnavailableError } from './engine/session-keeper.ts';
export type { CheckVerdict, RunSummary, ToolUse, VerifyEvent } from './events.ts';
export type { Finding, Group, Severity } from './findings/finding.ts';
export type { VerifyOptions } from './options.ts';
export type { ServerFacts } from './target/server-facts.ts';
export type { Channel, ChannelHandlers, Ending, ReceivedText, Target } from './target/target.ts';
export type { WireLine } from './target/wire-event.ts';
export { verify } from './verify.ts';
