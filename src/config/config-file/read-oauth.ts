import type { OauthOptions } from '../../upstream/oauth/oauth-options.ts';
import { memberOf, toValue, type ConfigNode } from './config-node.ts';
import { addFault, fieldOf, readBoolean, readNumber, readText, type ReadContext } from './field-reader.ts';

/** mcpo's, so that redirect URIs registered for it go on working. */
const defaultCallbackPort = 3030;

/** Reads `oauth`: our keys, and mcpo's; undefined when it is not wanted. */
export function readOauth(node: ConfigNode | undefined, context: ReadContext): OauthOptions | undefined {
  if (node === undefined || (node.kind === 'scalar' && node.value !== true)) return undefined;
  const client = readClient(node, context);
  const scope = readText(fieldOf(node, context, 'scope', 'scopes'), context)?.text;
  const clientMetadata = readMetadata(fieldOf(node, context, 'clientMetadata'), context);
  return {
    ...(client !== undefined && { client }),
    ...(scope !== undefined && { scope }),
    storage: readStorage(fieldOf(node, context, 'storage', 'storageType'), context),
    callback: readCallback(node, context),
    ...(clientMetadata !== undefined && { clientMetadata }),
  };
}

function readClient(node: ConfigNode, context: ReadContext): OauthOptions['client'] {
  const id = readText(fieldOf(node, context, 'clientId'), context)?.text;
  const secretNode = fieldOf(node, context, 'clientSecret');
  const secret = readText(secretNode, context)?.text;
  if (secretNode !== undefined && fieldOf(node, context, 'clientId') === undefined) {
    addFault(context, secretNode, "needs a 'clientId' beside it");
  }
  return id === undefined ? undefined : { id, ...(secret !== undefined && { secret }) };
}

function readStorage(node: ConfigNode | undefined, context: ReadContext): OauthOptions['storage'] {
  const read = readText(node, context);
  if (read === undefined || read.text === 'file') return 'file';
  // What stands in the file itself is said by the schema.
  if (read.text !== 'memory' && !read.isLiteral) {
    addFault(context, read.node, 'comes from a variable that is neither file nor memory');
  }
  return 'memory';
}

function readCallback(node: ConfigNode, context: ReadContext): OauthOptions['callback'] {
  const port = readNumber(fieldOf(node, context, 'callbackPort'));
  const loopbackNode = fieldOf(node, context, 'useLoopback');
  const useLoopback = readBoolean(loopbackNode);
  const urlNode = fieldOf(node, context, 'publicUrl');
  const own = readPublicUrl(urlNode, context);
  if (useLoopback === true && urlNode !== undefined) {
    addFault(context, urlNode, "is for servers without a loopback callback; remove it, or 'useLoopback'");
  }
  const publicUrl = own ?? context.publicUrl?.replace(/\/+$/, '');
  // Whoever gives one of the two ways means it.
  const isLoopback =
    useLoopback ?? (urlNode === undefined && (port !== undefined || publicUrl === undefined));
  if (isLoopback) return { kind: 'loopback', port: port ?? defaultCallbackPort };
  if (publicUrl === undefined && urlNode === undefined && loopbackNode !== undefined) {
    addFault(
      context,
      loopbackNode,
      "is false, so browsers must reach this gateway; write its 'publicUrl' beside it, or start with --public-url",
    );
  }
  return { kind: 'gateway', publicUrl: publicUrl ?? '' };
}

function readPublicUrl(node: ConfigNode | undefined, context: ReadContext): string | undefined {
  const read = readText(node, context);
  if (read === undefined) return undefined;
  const url = URL.canParse(read.text) ? new URL(read.text) : undefined;
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
  if (isPlain && url.username === '' && url.password === '') return read.text.replace(/\/+$/, '');
  addFault(context, read.node, 'is no URL of a gateway; write it as in "https://tools.example.com"');
  return undefined;
}

/** Variables count inside of it as well. */
function readMetadata(
  node: ConfigNode | undefined,
  context: ReadContext,
): Readonly<Record<string, unknown>> | undefined {
  if (node?.kind !== 'object') return undefined;
  return Object.fromEntries(node.members.map(({ key, value }) => [key, expanded(value, context)]));
}

function expanded(node: ConfigNode, context: ReadContext): unknown {
  if (node.kind === 'list') return node.items.map((item) => expanded(item, context));
  if (node.kind === 'object') {
    return Object.fromEntries(
      node.members.map(({ key }) => [key, expanded(memberOf(node, key)?.value ?? node, context)]),
    );
  }
  return typeof node.value === 'string' ? (readText(node, context)?.text ?? '') : toValue(node);
}
