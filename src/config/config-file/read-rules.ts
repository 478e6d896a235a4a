import type { AuthorizationRule } from '../../authorization/authorization-rule.ts';
import type { ConfigNode } from './config-node.ts';
import { addFault, fieldOf, readBoolean, readText, type ReadContext } from './field-reader.ts';

/**
 * Reads the rules of who may call what; puts into the context's faults whatever the schema cannot tell.
 *
 * @param node undefined where there are none
 */
export function readRules(
  node: ConfigNode | undefined,
  context: ReadContext,
): readonly AuthorizationRule[] | undefined {
  if (node?.kind !== 'list') return undefined;
  return Object.freeze(node.items.map((item) => readRule(item, context)));
}

function readRule(node: ConfigNode, context: ReadContext): AuthorizationRule {
  const sharedKey = readBoolean(fieldOf(node, context, 'sharedKey'));
  const everyone = readBoolean(fieldOf(node, context, 'everyone'));
  const scopes = fieldOf(node, context, 'scopes');
  const keys = fieldOf(node, context, 'keys');
  const isAboutNobody = [sharedKey, everyone].includes(false) && ![sharedKey, everyone].includes(true);
  if (isAboutNobody && scopes === undefined && keys === undefined)
    addFault(context, node, 'is about nobody; write true, or name scopes or keys');
  return Object.freeze({
    scopes: readWords(scopes, scope, context),
    keys: readWords(keys, keyName, context),
    sharedKey: sharedKey ?? false,
    everyone: everyone ?? false,
    allow: readWords(fieldOf(node, context, 'allow'), pattern, context),
  });
}

/** What a text may be; what stands in the file itself is said by the schema. */
interface Word {
  readonly is: RegExp;
  readonly says: string;
}

/** RFC 6749 section 3.3. It goes into a header. */
const scope: Word = { is: /^[\x21\x23-\x5B\x5D-\x7E]+$/, says: 'a scope' };
const keyName: Word = { is: /^[A-Za-z0-9][A-Za-z0-9._@+:-]{0,127}$/, says: 'the name of a key' };
const pattern: Word = { is: /./s, says: 'the name of a tool' };

function readWords(
  node: ConfigNode | undefined,
  { is, says }: Word,
  context: ReadContext,
): readonly string[] {
  if (node?.kind !== 'list') return [];
  return node.items.flatMap((item) => {
    const read = readText(item, context);
    if (read === undefined) return [];
    // The value of a variable is not repeated.
    if (!read.isLiteral && !is.test(read.text))
      addFault(context, item, `comes from a variable that is not ${says}`);
    return [read.text];
  });
}
