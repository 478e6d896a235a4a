import { assignOperationIds, type ToolKey } from './operation-id.ts';

/**
 * The paths of operations: `/{tool}`, or `/{server}/{tool}` (RFC 3986 section 3.3).
 *
 * A name that no client or proxy would carry through unchanged as one path segment is replaced by the id that it has
 * among the names of its kind, so a server's share of a merged document has the paths of the server's own document.
 *
 * @param keys no two alike
 * @returns the paths in the order of `keys`, no two alike
 */
export function assignOperationPaths(keys: readonly ToolKey[]): readonly string[] {
  const servers = [...new Set(keys.map(({ server }) => server))];
  const serverSegments = toSegments(servers.filter((server) => server !== ''));
  const toolSegments = new Map(
    servers.map((server) => [
      server,
      toSegments(keys.filter((key) => key.server === server).map(({ tool }) => tool)),
    ]),
  );
  return keys.map(({ server, tool }) => {
    const segment = toolSegments.get(server)?.get(tool) ?? '';
    return server === '' ? `/${segment}` : `/${serverSegments.get(server) ?? ''}/${segment}`;
  });
}

function toSegments(names: readonly string[]): ReadonlyMap<string, string> {
  const ids = assignOperationIds(names.map((tool) => ({ server: '', tool })));
  return new Map(names.map((name, index) => [name, toPathSegment(name) ?? ids[index] ?? '']));
}

/**
 * Percent-encodes a name as one path segment; undefined when it cannot be one.
 *
 * Braces are encoded, so the segment is never taken for a path template (OpenAPI 3.1 section 4.8.2).
 */
function toPathSegment(name: string): string | undefined {
  // WHATWG URL parsers treat an encoded dot as a dot, and many proxies an encoded slash as a slash.
  if (name === '' || name === '.' || name === '..' || !name.isWellFormed()) return undefined;
  // eslint-disable-next-line no-control-regex
  if (/[/\\\u0000-\u001f\u007f]/u.test(name)) return undefined;
  return encodeURIComponent(name);
}

/**
 * Rewrites a raw URL path to the spelling that {@link toOperationPath} uses; undefined when nothing can be there.
 *
 * Each segment is decoded once and encoded again (RFC 3986 section 6.2.2); empty and dot segments, encoded slashes
 * and malformed escapes lead nowhere.
 */
export function normalizePath(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined;
  const segments: string[] = [];
  for (const raw of path.slice(1).split('/')) {
    const segment = toPathSegment(decodeSegment(raw));
    if (segment === undefined) return undefined;
    segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

/** '' is no path segment of ours, so it stands for "malformed". */
function decodeSegment(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return '';
  }
}
