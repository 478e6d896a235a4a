import type { CommonServerSettings, RemoteServerSettings } from '../server-settings.ts';
import type { ConfigNode, ObjectNode } from './config-node.ts';
import {
  addFault,
  fieldOf,
  templatesIn,
  readText,
  readTextMap,
  type Templates,
  type ReadContext,
} from './field-reader.ts';
import { readOauth } from './read-oauth.ts';
import { readType, refuseMisplaced } from './server-type.ts';

/** Reads a server that listens elsewhere; undefined when something keeps it from being read. */
export function readRemoteServer(
  node: ObjectNode,
  common: CommonServerSettings,
  context: ReadContext,
): RemoteServerSettings | undefined {
  refuseMisplaced(node, ['args', 'env', 'envFile', 'cwd', 'replicas'], "'command'", context);
  const typeNode = fieldOf(node, context, 'type');
  const type = readType(typeNode, context);
  if (typeNode !== undefined && type === 'stdio') {
    addFault(context, typeNode, "belongs to a server with a 'command', but this one has a 'url'");
  }
  const url = readUrl(fieldOf(node, context, 'url'), context);
  const headersNode = fieldOf(node, context, 'headers');
  const headers = readHeaders(headersNode, templatesIn(node), context);
  const oauthNode = fieldOf(node, context, 'oauth');
  const oauth = readOauth(oauthNode, common.name, context);
  if (oauthNode !== undefined && oauth !== undefined && 'authorization' in lowerCased(headers)) {
    addFault(context, oauthNode, "and an 'Authorization' among 'headers' exclude each other; keep one");
  }
  if (url === undefined) return undefined;
  return {
    type: type === undefined || type === 'stdio' ? 'auto' : type,
    ...common,
    url,
    headers,
    ...(oauth !== undefined && { oauth }),
  };
}

/** The URL stays as it is written: normalized, it might be another one to the server. */
function readUrl(node: ConfigNode | undefined, context: ReadContext): string | undefined {
  const read = readText(node, context);
  if (read === undefined) return undefined;
  // The schema tells of one that is empty in the file.
  if (read.text === '' && read.isLiteral) return undefined;
  const url = URL.canParse(read.text) ? new URL(read.text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || /[\s\p{Cc}]/u.test(read.text)) {
    addFault(context, read.node, 'is no URL of a server; write it as in "https://mcp.example.com/mcp"');
  } else if (url.username !== '' || url.password !== '') {
    addFault(
      context,
      read.node,
      "holds a user or password, which is not sent; write 'headers' with an Authorization",
    );
  }
  return read.text;
}

function readHeaders(
  node: ConfigNode | undefined,
  templates: Templates,
  context: ReadContext,
): Readonly<Record<string, string>> {
  const entries = readTextMap(node, context, templates);
  const seen = new Set<string>();
  for (const [{ key, value }, text] of entries) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(key)) addFault(context, value, 'has a name that no header can have');
    else if (seen.has(key.toLowerCase())) addFault(context, value, 'is there twice; case does not matter');
    // RFC 9110 section 5.5: no control characters; fetch takes code units up to 255.
    if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(text)) {
      addFault(context, value, 'holds a line break or another character that no header can hold');
    }
    seen.add(key.toLowerCase());
  }
  return Object.fromEntries(entries.map(([{ key }, text]) => [key, text]));
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
