import { distance } from 'fastest-levenshtein';
import { quote, serverPrefix, type ObjectNode } from './config-node.ts';

/**
 * Says that an object has a key that means nothing, and what may be meant.
 *
 * @param known the keys that mean something there
 */
export function unknownKeyMessage({ path }: ObjectNode, key: string, known: readonly string[]): string {
  const inside = path.length > 2 ? ` in '${String(path.at(-1))}'` : '';
  return `${serverPrefix(path)}unknown key ${quote(key)}${inside}; ${adviseOnKey(key, known)}`;
}

/** The known key that is most likely meant, undefined when none is. */
export function meantKey(key: string, known: readonly string[]): string | undefined {
  const synonym = synonyms.get(plain(key));
  return synonym !== undefined && known.includes(synonym) ? synonym : nearestOf(key, known);
}

/** The word that is most likely meant, undefined when none is close. */
export function nearestOf(word: string, known: readonly string[]): string | undefined {
  if (word.length > 100) return undefined;
  const wanted = plain(word);
  let best: { readonly name: string; readonly cost: number } | undefined;
  for (const name of known) {
    const cost = distance(wanted, plain(name));
    if (cost < (best?.cost ?? Infinity)) best = { name, cost };
  }
  // Two slips, or a third of a longer word.
  const isClose = best !== undefined && best.cost <= Math.max(2, Math.floor(wanted.length / 3));
  return isClose && (best?.cost ?? 0) < wanted.length ? best?.name : undefined;
}

function adviseOnKey(key: string, known: readonly string[]): string {
  const reason = unsupported.get(key);
  if (reason !== undefined) return reason;
  const meant = meantKey(key, known);
  return meant === undefined ? 'remove it, or check how it is written' : `did you mean '${meant}'?`;
}

/** Words of other programs for what has another name here. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['transport', 'type'],
  ['transporttype', 'type'],
  ['serverurl', 'url'],
  ['httpurl', 'url'],
  ['uri', 'url'],
  ['endpoint', 'url'],
  ['baseurl', 'url'],
  ['environment', 'env'],
  ['arguments', 'args'],
  ['cmd', 'command'],
  ['workingdirectory', 'cwd'],
  ['tools', 'enabledTools'],
  ['includetools', 'enabledTools'],
  ['excludetools', 'disabledTools'],
  ['requestinit', 'headers'],
  ['auth', 'oauth'],
  ['mcp', 'mcpServers'],
  ['contextservers', 'mcpServers'],
]);

/** Keys of other programs that mean something, which would be lost if they were passed over. */
const unsupported: ReadonlyMap<string, string> = new Map([
  ['enabled', 'write "disabled": true to leave a server out'],
  ['headersHelper', "no command is run for headers; write them in 'headers', as ${VAR} or ${file:path}"],
  ['sandbox', 'there is no sandbox here; remove it, and run the server in a container if it needs one'],
  [
    'sandboxEnabled',
    'there is no sandbox here; remove it, and run the server in a container if it needs one',
  ],
  ['authServerMetadataUrl', 'the authorization server is found by asking the server; remove it'],
]);

/** `disabled_tools`, `disabled-tools` and `disabledTools` are one word. */
function plain(key: string): string {
  return key.toLowerCase().replaceAll(/[_-]/g, '');
}
