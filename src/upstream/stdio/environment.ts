type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of a child: a small allow-list of ours, then what is configured for it.
 * Everything else stays here, so that a server never sees another server's keys or the gateway's.
 *
 * @param inherit `all` lets everything through but the gateway's own settings, as gateways of old did
 */
export function childEnvironment(
  ours: Environment,
  configured: Readonly<Record<string, string>>,
  platform: NodeJS.Platform,
  inherit: 'listed' | 'all' = 'listed',
): Record<string, string> {
  const isWindows = platform === 'win32';
  const allowed = isWindows ? windowsNames : posixNames;
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(ours)) {
    if (value === undefined) continue;
    const upper = name.toUpperCase();
    const isAllowed =
      (inherit === 'all' && !upper.startsWith('MCPO_')) ||
      allowed.has(isWindows ? upper : name) ||
      networkNames.has(upper) ||
      name.startsWith('LC_');
    // A shell function exported by bash is code, not a setting.
    if (isAllowed && !value.startsWith('()')) environment[name] = value;
  }
  return Object.assign(environment, configured);
}

const posixNames = new Set(['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'LANG', 'TZ', 'TMPDIR']);

const windowsNames = new Set([
  'APPDATA',
  'COMSPEC',
  'HOMEDRIVE',
  'HOMEPATH',
  'LANG',
  'LOCALAPPDATA',
  'PATH',
  'PATHEXT',
  'PROCESSOR_ARCHITECTURE',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'PROGRAMFILES(X86)',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
  'TZ',
  'USERNAME',
  'USERPROFILE',
  'WINDIR',
]);

/** Without these, npx and uvx cannot download through a proxy; both cases are in use. */
const networkNames = new Set([
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
]);
