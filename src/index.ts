export type { AuthorizationRule } from './authorization/authorization-rule.ts';
export { readSpecFile } from './config/config-file/check-schema.ts';
export { readCheckedFile, type CheckedFile } from './config/config-file/read-checked-file.ts';
export { parseDuration } from './config/parse-values.ts';
export { serve, type RunningGateway } from './serve/serve.ts';
export { defaultAudit, type AuditSettings } from './config/audit-settings.ts';
export { readTraceSettings, type TraceSettings } from './config/trace-settings.ts';
export { defaultSettings, type LogLevel, type Settings } from './config/settings.ts';
export {
  readConfigFile,
  type ConfigFile,
  type ConfigFileOptions,
} from './config/config-file/read-config-file.ts';
export {
  serverNameFor,
  type RemoteServerSettings,
  type ServerSettings,
  type StdioServerSettings,
} from './config/server-settings.ts';
export { watchFile, type FileDigests, type WatchOptions } from './config/watch-file.ts';
export { buildContract } from './contract/build-contract.ts';
export {
  buildDocument,
  buildServerDocument,
  type BuiltDocument,
  type DocumentOptions,
} from './contract/document/build-document.ts';
export { withoutRequirements } from './contract/document/declared-requirements.ts';
export { canonicalize, type CanonicalDocument } from './contract/canonicalize.ts';
export { checkDocument } from './contract/document/check-document.ts';
export { compileContract, type ContractOptions } from './contract/enforcement/compile-contract.ts';
export {
  hasChangeAtLeast,
  type Change,
  type ContractDiff,
  type Direction,
  type OperationName,
  type Severity,
} from './contract/diff/change.ts';
export { diffDocuments } from './contract/diff/diff-documents.ts';
export { toDiffMarkdown } from './docs/diff/diff-markdown.ts';
export { toDiffJson } from './docs/diff/diff-report.ts';
export { toDiffText } from './docs/diff/diff-text.ts';
export { readPrevious } from './docs/changelog/read-previous.ts';
export { buildSite } from './docs/site/build-site.ts';
export { toSiteContract } from './docs/site/from-document.ts';
export type {
  MissingServer,
  PreviousDocument,
  PublishedDocument,
  SiteContract,
  SiteFile,
  SiteOptions,
} from './docs/site/site.ts';
export { writeSite, type WriteOptions, type WrittenSite } from './docs/site/write-site.ts';
export { readSite, type ReadSiteOptions } from './serve/read-site.ts';
export type { Contract, Match, Operation, ToolSource, UnservedTool } from './contract/contract.ts';
export { readSchema, type ReadSchema, type UnreadableSchema } from './contract/read-schema.ts';
export { toYaml } from './contract/yaml.ts';
export {
  ConfigError,
  ListenError,
  problemTypes,
  SiteError,
  UpstreamStartError,
  UsageError,
  type Problem,
  type ProblemCode,
  type ProblemType,
  type Violation,
} from './errors.ts';
export { createMcpoProfile, type McpoProfileOptions } from './compat/mcpo-profile.ts';
export { Gateway, type GatewayOptions } from './gateway/gateway.ts';
export type { MountedServer, MountedServers } from './gateway/mounted-server.ts';
export type { Profile } from './gateway/profile.ts';
export { createHttpServer, type HttpOptions } from './http/server.ts';
export type { RequestRecord, RequestTrace, RequestWatcher } from './http/request-record.ts';
export { isJsonObject, type JsonObject, type JsonValue } from './json/value.ts';
export { silentLogger, type Logger } from './logger.ts';
export { packageRoot, packageVersion } from './package.ts';
export { createTimeServer, type TimeServerOptions } from './time-server/server.ts';
export type { Tool } from './tool.ts';
export { childEnvironment } from './upstream/stdio/environment.ts';
export { createRemoteUpstream, type RemoteUpstreamOptions } from './upstream/remote/remote-upstream.ts';
export { createStdioUpstream, type StdioUpstreamOptions } from './upstream/stdio/stdio-upstream.ts';
export type {
  CallOutcome,
  CallTrace,
  Catalog,
  Peer,
  Progress,
  SentRequest,
  StartableUpstream,
  ToolCall,
  Upstream,
  UpstreamState,
} from './upstream/upstream.ts';
