import type { FileSources } from './file-sources.ts';
import { memberOf, nameOf, type ConfigNode, type Fault, type Member } from './config-node.ts';
import { expandVariables } from './variables.ts';

/** What reading a configuration needs, and where it puts what is wrong. */
export interface ReadContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What every program gets, below its own `env`. */
  readonly commonEnv: Readonly<Record<string, string>>;
  readonly workspaceFolder: string;
  readonly files: FileSources;
  /** For servers that do not say theirs. */
  readonly publicUrl: string | undefined;
  readonly faults: Fault[];
}

/** A text after its variables were replaced. */
export interface ReadText {
  readonly text: string;
  /** May be repeated in a message: nothing from outside of the file is in it. */
  readonly isLiteral: boolean;
  readonly node: ConfigNode;
}

/** `kept` where another part fills in `${header:…}`. */
export type HeaderTemplates = 'kept' | 'refused';

/** A server with a session has them filled in, also when something is wrong with what it says of its session. */
export function headerTemplatesIn(server: ConfigNode): HeaderTemplates {
  return memberOf(server, 'session') === undefined ? 'refused' : 'kept';
}

/**
 * Finds a member under the spelling given in camel case, or in snake case.
 *
 * @param names further names that mean the same
 */
export function fieldOf(
  node: ConfigNode | undefined,
  context: ReadContext,
  ...names: readonly string[]
): ConfigNode | undefined {
  const spellings = new Set(names.flatMap((name) => [name, toSnakeCase(name)]));
  const found = [...spellings].map((name) => memberOf(node, name)).filter((member) => member !== undefined);
  const [first, second] = found.toSorted((a, b) => a.keyOffset - b.keyOffset);
  if (first !== undefined && second !== undefined) {
    const message = `${nameOf(second.value.path)} says the same as '${first.key}'; keep one`;
    context.faults.push({ offset: second.keyOffset, message });
  }
  return first?.value;
}

/**
 * Reads a text; undefined when there is none, or none that can be used. What has the wrong type is left to the schema.
 *
 * @param node a number or boolean counts as the text that was written
 */
export function readText(
  node: ConfigNode | undefined,
  context: ReadContext,
  headers: HeaderTemplates = 'refused',
): ReadText | undefined {
  if (node?.kind !== 'scalar' || node.value === null) return undefined;
  const { faults, text, isSubstituted, hasHeaders, hasLookalike } = expandVariables(node.text, {
    env: context.env,
    workspaceFolder: context.workspaceFolder,
    readFile: (path) => context.files.read(path),
  });
  for (const says of faults) addFault(context, node, says);
  if (hasHeaders && headers === 'refused') {
    addFault(
      context,
      node,
      'has ${header:…}, which works only in env and headers of a server with a session',
    );
  }
  if (hasLookalike && headers === 'kept') {
    // It would be filled in with what callers send.
    addFault(
      context,
      node,
      'holds ${header:…} in a value or escaped, which cannot be told from one to fill in',
    );
  }
  return faults.length > 0 ? undefined : { text, isLiteral: !isSubstituted, node };
}

/** Reads a list of texts; undefined when there is none, or one of them cannot be used. */
export function readTexts(node: ConfigNode | undefined, context: ReadContext): readonly string[] | undefined {
  if (node?.kind !== 'list') return undefined;
  const texts = node.items.map((item) => readText(item, context));
  return texts.every((text) => text !== undefined) ? texts.map(({ text }) => text) : undefined;
}

/** Reads texts by name; those that cannot be used are left out, as faults are there then. */
export function readTextMap(
  node: ConfigNode | undefined,
  context: ReadContext,
  headers: HeaderTemplates,
): readonly (readonly [Member, string])[] {
  if (node?.kind !== 'object') return [];
  return node.members.flatMap((member) => {
    const read = readText(member.value, context, headers);
    return read === undefined ? [] : [[member, read.text] as const];
  });
}

export function readBoolean(node: ConfigNode | undefined): boolean | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : undefined;
}

export function readNumber(node: ConfigNode | undefined): number | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'number' ? node.value : undefined;
}

/** Says what is wrong with a value. */
export function addFault(context: ReadContext, node: ConfigNode, says: string): void {
  context.faults.push({ offset: node.offset, message: `${nameOf(node.path)} ${says}` });
}

function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
