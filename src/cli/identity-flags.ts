import type { Command } from 'commander';
import { parseDurationOrOff } from '../config/parse-values.ts';
import type { Settings } from '../config/settings.ts';
import { UsageError } from '../errors.ts';
import { findUnsafeUrl } from '../identity/check-issuer-url.ts';
import { findPeerFault } from '../identity/peer-list.ts';
import { familyOf, pairAlgorithms, secretAlgorithms } from '../identity/token-algorithms.ts';
import type { AddOption } from './add-option.ts';
import { toArgParser } from './run-command.ts';

/** The values of the options about who calls. */
export interface IdentityFlags {
  readonly apiKeysFile?: string;
  readonly jwtIssuer?: string;
  readonly jwtJwksUrl?: string;
  readonly jwtKeyFile?: string;
  readonly jwtAudience: readonly string[];
  readonly jwtAlgorithms?: readonly string[];
  readonly jwtClockTolerance: number;
  readonly trustedHeaderAuth?: readonly string[];
}

/** How far clocks may differ when nothing is said. */
const clockToleranceMs = 30_000;
const maxToleranceMs = 600_000;

/** Adds the options about who calls. */
export function addIdentityFlags(add: AddOption): void {
  add('--api-keys-file <file>', 'keys by name, as mcpo-serve key new makes them; followed');
  add('--jwt-issuer <url>', 'take tokens (JWT) of this issuer; it says where its keys are');
  add('--jwt-jwks-url <url>', 'or take those signed with a key of this set (JWKS)');
  add('--jwt-key-file <file>', 'or with this public key or secret (PEM, JWK, or as it is)');
  add('--jwt-audience <name>', 'what the tokens are for (aud); repeatable', (o) =>
    o.argParser(toArgParser<readonly string[]>(collectWords)).default([], 'none'),
  );
  add('--jwt-algorithms <names>', 'signatures that are accepted (default: what the keys allow)', (o) =>
    o.argParser(toArgParser<readonly string[]>(parseAlgorithms)),
  );
  add('--jwt-clock-tolerance <time>', 'how far clocks may differ', (o) =>
    o.argParser(toArgParser<number>(parseTolerance)).default(clockToleranceMs, '30s'),
  );
  add('--jwt-allow-http', 'ask the issuer over plain HTTP too');
  add('--trusted-header-auth <addresses>', 'proxies that say who their users are, as Open WebUI does', (o) =>
    o.argParser(toArgParser<readonly string[]>(collectProxies)),
  );
}

/** What they come to. @throws UsageError for what cannot be meant */
export function toIdentity(
  flags: IdentityFlags,
  command: Command,
  allowsHttp: boolean,
): Pick<Settings, 'apiKeysFile' | 'tokens' | 'trustedProxies'> {
  const { apiKeysFile, jwtIssuer: issuer, jwtAudience: audiences, jwtAlgorithms: algorithms } = flags;
  const { trustedHeaderAuth: trustedProxies } = flags;
  const known = {
    ...(apiKeysFile !== undefined && { apiKeysFile }),
    ...(trustedProxies !== undefined && { trustedProxies }),
  };
  const keys = toKeys(flags, allowsHttp);
  if (issuer === undefined && keys === undefined) {
    const idle = details.find((name) => !['default', undefined].includes(command.getOptionValueSource(name)));
    if (idle === undefined && !allowsHttp) return known;
    throw new UsageError(
      'options about tokens need to know whose; add --jwt-issuer, --jwt-jwks-url or --jwt-key-file',
    );
  }
  if (issuer !== undefined && keys === undefined) checkUrl('--jwt-issuer', issuer, allowsHttp);
  if (keys?.kind !== 'file' && audiences.length === 0) {
    throw new UsageError(
      'an issuer signs tokens for others too; say which are for this gateway, with --jwt-audience <name>',
    );
  }
  if (keys?.kind !== 'file' && algorithms?.some((name) => familyOf(name) === 'secret') === true) {
    throw new UsageError(
      `--jwt-algorithms: ${[...secretAlgorithms.keys()].join(', ')} need a secret, which an issuer does not publish; use --jwt-key-file, or leave them out`,
    );
  }
  return {
    ...known,
    tokens: {
      ...(issuer !== undefined && { issuer }),
      ...(keys !== undefined && { keys }),
      audiences,
      ...(algorithms !== undefined && { algorithms }),
      clockToleranceMs: flags.jwtClockTolerance,
      allowsHttp,
    },
  };
}

const details = ['jwtAudience', 'jwtAlgorithms', 'jwtClockTolerance'];

type Tokens = NonNullable<Settings['tokens']>;

function toKeys({ jwtJwksUrl: url, jwtKeyFile: path }: IdentityFlags, allowsHttp: boolean): Tokens['keys'] {
  if (url !== undefined && path !== undefined)
    throw new UsageError('--jwt-jwks-url and --jwt-key-file exclude each other; leave one out');
  if (path !== undefined) return { kind: 'file', path };
  if (url === undefined) return undefined;
  checkUrl('--jwt-jwks-url', url, allowsHttp);
  return { kind: 'url', url };
}

function checkUrl(option: string, text: string, allowsHttp: boolean): void {
  if (!URL.canParse(text))
    throw new UsageError(`${option}: '${text}' is no URL; write one as in https://login.example.com`);
  const url = new URL(text);
  const unsafe = findUnsafeUrl(url, allowsHttp);
  // A password in it is not repeated.
  if (unsafe !== undefined) throw new UsageError(`${option}: ${url.origin} ${unsafe}`);
}

function parseTolerance(text: string): number {
  const ms = parseDurationOrOff(text);
  if (ms <= maxToleranceMs) return ms;
  throw new UsageError(
    `'${text}' would take tokens long after their end; write 10m or less, and set the clocks right`,
  );
}

function parseAlgorithms(text: string): readonly string[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  const known = [...pairAlgorithms, ...secretAlgorithms.keys()];
  const unknown = names.find((name) => familyOf(name) === undefined);
  if (unknown !== undefined || names.length === 0) {
    throw new UsageError(
      `'${unknown ?? text}' is no signature that can be accepted; write some of ${known.join(', ')}`,
    );
  }
  return names;
}

function collectProxies(text: string, previous: readonly string[] = []): readonly string[] {
  const proxies = text.split(/[\s,]+/).filter((word) => word !== '');
  if (proxies.length === 0)
    throw new UsageError('names no proxy; write its address or network, as in 10.1.2.3 or 10.1.0.0/16');
  for (const proxy of proxies) {
    const fault = findPeerFault(proxy);
    if (fault !== undefined) throw new UsageError(`'${proxy}' ${fault}`);
  }
  return [...previous, ...proxies];
}

// From the environment, several come with commas between them.
function collectWords(text: string, previous: readonly string[]): readonly string[] {
  return [...previous, ...text.split(/[\s,]+/).filter((word) => word !== '')];
}
