import { gatewayUrl, parseLoopbackUrl } from '../../upstream/oauth/redirect-url.ts';
import type { OauthOptions } from '../../upstream/oauth/oauth-options.ts';
import { memberOf, type ConfigNode } from './config-node.ts';
import {
  addFault,
  fieldOf,
  readBoolean,
  readNumber,
  readText,
  readTexts,
  type ReadContext,
  type ReadText,
} from './field-reader.ts';

/** mcpo's, so that redirect URIs registered for it go on working. */
const defaultCallbackPort = 3030;

/** The redirect URIs that the configuration names for its client. */
interface NamedUris {
  readonly node: ConfigNode;
  readonly uris: readonly string[];
}

/** Reads where the browser comes back to, which must be one of the redirect URIs where the configuration names some. */
export function readCallback(
  node: ConfigNode,
  server: string,
  context: ReadContext,
): OauthOptions['callback'] {
  const port = readNumber(fieldOf(node, context, 'callbackPort'));
  const loopbackNode = fieldOf(node, context, 'useLoopback');
  const useLoopback = readBoolean(loopbackNode);
  const urlNode = fieldOf(node, context, 'publicUrl');
  const own = readPublicUrl(urlNode, context);
  if (useLoopback === true && urlNode !== undefined) {
    addFault(context, urlNode, "is for servers without a loopback callback; remove it, or 'useLoopback'");
  }
  const publicUrl = own?.text ?? context.publicUrl?.replace(/\/+$/, '');
  const named = readRedirectUris(node, context);
  const gateway = publicUrl === undefined ? undefined : gatewayUrl(publicUrl, server);
  const isOnlyLoopback =
    named?.uris.some((uri) => parseLoopbackUrl(uri)) === true && !named.uris.some((uri) => uri === gateway);
  // Whoever gives one of the two ways means it.
  const isLoopback =
    useLoopback ??
    (urlNode === undefined && (port !== undefined || publicUrl === undefined || isOnlyLoopback));
  if (isLoopback) return chooseLoopback(node, port, named, context);
  if (publicUrl === undefined && urlNode === undefined && loopbackNode !== undefined) {
    addFault(
      context,
      loopbackNode,
      "is false, so browsers must reach this gateway; write its 'publicUrl' beside it, or start with --public-url",
    );
  }
  if (named !== undefined && gateway !== undefined && !named.uris.includes(gateway)) {
    refuse(named, own?.isLiteral === false ? gatewayUrl('{publicUrl}', server) : gateway, context);
  }
  return { kind: 'gateway', publicUrl: publicUrl ?? '' };
}

function readPublicUrl(node: ConfigNode | undefined, context: ReadContext): ReadText | undefined {
  const read = readText(node, context);
  if (read === undefined) return undefined;
  const url = URL.canParse(read.text) ? new URL(read.text) : undefined;
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
  if (isPlain && url.username === '' && url.password === '') {
    return { ...read, text: read.text.replace(/\/+$/, '') };
  }
  addFault(context, read.node, 'is no URL of a gateway; write it as in "https://tools.example.com"');
  return undefined;
}

/** Undefined where none are named. */
function readRedirectUris(oauth: ConfigNode, context: ReadContext): NamedUris | undefined {
  const node = memberOf(fieldOf(oauth, context, 'clientMetadata'), 'redirect_uris')?.value;
  if (node === undefined) return undefined;
  const items = node.kind === 'list' ? node.items : [];
  if (items.length === 0 || items.some((item) => !isText(item))) {
    addFault(context, node, 'must be a list of URLs, as in ["http://localhost:3030/callback"]');
    return undefined;
  }
  // What is wrong with a variable is said by who reads all of the metadata.
  const uris = readTexts(node, { ...context, faults: [] });
  return uris && { node, uris };
}

function isText(node: ConfigNode): boolean {
  return node.kind === 'scalar' && typeof node.value === 'string';
}

function chooseLoopback(
  oauth: ConfigNode,
  port: number | undefined,
  named: NamedUris | undefined,
  context: ReadContext,
): OauthOptions['callback'] {
  const fallback = { kind: 'loopback', port: port ?? defaultCallbackPort } as const;
  if (named === undefined) return fallback;
  const places = named.uris.flatMap((redirectUri) => {
    const place = parseLoopbackUrl(redirectUri);
    return place === undefined ? [] : [{ redirectUri, port: place.port }];
  });
  const [first] = places;
  if (first === undefined) {
    refuse(named, `http://localhost:${port || defaultCallbackPort}/callback`, context);
    return fallback;
  }
  const chosen = port === undefined ? first : places.find((place) => place.port === port);
  const portNode = fieldOf(oauth, context, 'callbackPort');
  if (chosen === undefined && portNode !== undefined) {
    const says = `is ${port}, but no redirect URI of this machine has that port; write ${first.port}, or remove it`;
    addFault(context, portNode, says);
  }
  return { kind: 'loopback', ...(chosen ?? first) };
}

function refuse({ node }: NamedUris, add: string, context: ReadContext): void {
  const says = `names no place where this gateway can take the answer; add "${add}", or remove it`;
  addFault(context, node, says);
}
