import type { Command } from 'commander';
import { requireVariables, type AddedVariables } from '../config/env-file.ts';
import { parseAssignment } from '../config/parse-values.ts';
import { defaultSettings, type Settings } from '../config/settings.ts';
import type { SiteContract } from '../docs/site/site.ts';
import { SiteError, UsageError } from '../errors.ts';
import type { SourceFlags } from './docs-flags.ts';
import { serverOfWords } from './server-of-words.ts';

/** What documentation is made from. */
export type SiteSource =
  | {
      readonly kind: 'servers';
      readonly settings: Settings;
      readonly isSecured: boolean;
      readonly mayMiss: boolean;
      /** The configuration that names them, with the files that it reads. */
      readonly configPath?: string;
      /** What is passed over, one line each. */
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'document'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string; readonly apiKey?: string; readonly timeoutMs: number };

/** What reading a source may need. */
export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly logLevel: SourceFlags['logLevel'];
  /** Called as each server has told its tools. */
  readonly onServer?: (done: number, total: number) => void;
}

/**
 * Reads from a parsed command line what documentation is made from: the embedded time server when nothing is named.
 *
 * @param words what followed `--`; undefined when there was none
 * @throws UsageError when options exclude each other; ConfigError when the configuration has mistakes in it
 */
export async function toSiteSource(
  command: Command,
  words: readonly string[] | undefined,
): Promise<SiteSource> {
  // Every option's parser and default give the type that SourceFlags says.
  const flags = command.opts<SourceFlags>();
  refuseTwoSources(flags, words);
  refuseUnused(command, flags);
  if (flags.document !== undefined) return { kind: 'document', path: flags.document };
  if (flags.url !== undefined) {
    const { url, apiKey, startTimeout: timeoutMs } = flags;
    return { kind: 'url', url, timeoutMs, ...(apiKey !== undefined && { apiKey }) };
  }
  const variables: AddedVariables = {
    assignments: Object.fromEntries(flags.env.map(parseAssignment)),
    ...(flags.envPath !== undefined && { envPath: flags.envPath }),
  };
  const common = {
    kind: 'servers',
    isSecured: flags.apiKeyAuth === true,
    mayMiss: flags.allowMissing === true,
  } as const;
  const settings = toSettings(flags);
  if (flags.config === undefined) {
    const { values, warnings } = requireVariables(variables, { env: process.env, profile: 'default' });
    return {
      ...common,
      settings: { ...settings, servers: [serverOfWords(words, values, command)] },
      warnings,
    };
  }
  const { readConfigFile } = await import('../config/config-file/read-config-file.ts');
  const { servers, rateLimit, warnings } = readConfigFile(flags.config, { env: process.env, variables });
  const isNone = servers.length === 0;
  if (isNone) throw new UsageError(`every server of '${flags.config}' is disabled; enable one`);
  return {
    ...common,
    settings: { ...settings, servers, layout: 'named', ...(rateLimit !== undefined && { rateLimit }) },
    warnings,
    configPath: flags.config,
  };
}

/**
 * Has the source tell its tools.
 *
 * @throws SiteError when the gateway cannot be asked, or no server can be reached
 * @throws UpstreamStartError when the only server cannot be started
 * @throws UsageError when the document cannot be used
 */
export async function loadContract(
  source: SiteSource,
  { signal, logLevel, onServer }: LoadOptions,
): Promise<SiteContract> {
  switch (source.kind) {
    case 'document': {
      const [{ readDocumentFile }, { toSiteContract }] = await Promise.all([
        import('../docs/read-document.ts'),
        import('../docs/site/from-document.ts'),
      ]);
      return toSiteContract(readDocumentFile(source.path));
    }
    case 'url': {
      const { fetchContract } = await import('../docs/site/fetch-contract.ts');
      return await fetchContract(source.url, { ...source, signal });
    }
    case 'servers': {
      const [{ readSite }, { createLogger }] = await Promise.all([
        import('../serve/read-site.ts'),
        import('./logger.ts'),
      ]);
      const { settings, isSecured, warnings } = source;
      const logger = await createLogger(logLevel);
      for (const warning of warnings) logger.warn({}, warning);
      const contract = await readSite(settings, {
        logger,
        signal,
        isSecured,
        ...(onServer !== undefined && { onServer }),
      });
      requireServers(contract, source);
      return contract;
    }
  }
}

/** Fewer servers than there should be would be published as though the others were gone. */
function requireServers(
  { missing }: SiteContract,
  { settings, mayMiss }: Extract<SiteSource, { readonly kind: 'servers' }>,
): void {
  const { length: total } = settings.servers;
  if (missing.length === 0 || (mayMiss && missing.length < total)) return;
  const lines = missing.map(({ server, reason }) => `\n  ${server}: ${reason.replaceAll(/\s*\n\s*/g, ' ')}`);
  const advice = mayMiss ? 'mend one' : 'mend them, or publish without them: --allow-missing';
  throw new SiteError(`${missing.length} of ${total} servers cannot be reached; ${advice}${lines.join('')}`);
}

function toSettings({
  name,
  description,
  tokenAuth,
  rootPath,
  startTimeout,
  logLevel,
}: SourceFlags): Settings {
  return {
    ...defaultSettings,
    info: { ...(name !== undefined && { title: name }), ...(description !== undefined && { description }) },
    servers: [],
    ...(tokenAuth !== undefined && {
      // The documents tell of the issuer alone; no token is verified.
      tokens: { issuer: tokenAuth, audiences: [], clockToleranceMs: 0, allowsHttp: false },
    }),
    rootPath,
    startTimeoutMs: startTimeout,
    logLevel,
  };
}

function refuseTwoSources(
  { config, document, url }: SourceFlags,
  words: readonly string[] | undefined,
): void {
  const named = [
    ...(config === undefined ? [] : ['--config']),
    ...(document === undefined ? [] : ['--document']),
    ...(url === undefined ? [] : ['--url']),
    ...(words === undefined ? [] : ['a server after --']),
  ];
  if (named.length > 1)
    throw new UsageError(`${named.slice(0, 2).join(' and ')} exclude each other; name one of them`);
}

/** What would have no effect is a mistake: somebody counts on it. */
function refuseUnused(command: Command, { config, document, url, allowMissing }: SourceFlags): void {
  if (url === undefined && command.getOptionValueSource('apiKey') === 'cli') {
    throw new UsageError(
      '--api-key is for --url; to say that a gateway asks for a key, write --api-key-auth',
    );
  }
  if (allowMissing === true && config === undefined)
    throw new UsageError('--allow-missing is for --config; leave it out');
  const onlyForWords = config === undefined ? [] : ['type', 'header'];
  const onlyForServers = [
    'type',
    'header',
    'name',
    'description',
    'env',
    'envPath',
    'rootPath',
    'apiKeyAuth',
    'tokenAuth',
  ];
  const isRead = document !== undefined || url !== undefined;
  for (const attribute of isRead ? onlyForServers : onlyForWords) {
    if (command.getOptionValueSource(attribute) !== 'cli') continue;
    const option = command.options.find((each) => each.attributeName() === attribute);
    const target = isRead ? 'servers that are started here' : 'a server after --';
    throw new UsageError(`--${option?.name() ?? attribute} is for ${target}; leave it out`);
  }
}
