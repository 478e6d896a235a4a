import type { OauthOptions } from '../../upstream/oauth/oauth-options.ts';
import { memberOf, toValue, type ConfigNode } from './config-node.ts';
import { addFault, fieldOf, readText, type ReadContext } from './field-reader.ts';
import { readCallback } from './read-callback.ts';

/** Reads `oauth` of a server: our keys, and mcpo's; undefined when it is not wanted. */
export function readOauth(
  node: ConfigNode | undefined,
  server: string,
  context: ReadContext,
): OauthOptions | undefined {
  if (node === undefined || (node.kind === 'scalar' && node.value !== true)) return undefined;
  const client = readClient(node, context);
  const scope = readText(fieldOf(node, context, 'scope', 'scopes'), context)?.text;
  const clientMetadata = readMetadata(fieldOf(node, context, 'clientMetadata'), context);
  return {
    ...(client !== undefined && { client }),
    ...(scope !== undefined && { scope }),
    storage: readStorage(fieldOf(node, context, 'storage', 'storageType'), context),
    callback: readCallback(node, server, context),
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
