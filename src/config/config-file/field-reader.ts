import type { FileSources } from './file-sources.ts';
import { memberOf, nameOf, type ConfigNode, type Fault, type Member } from './config-node.ts';
import type { KnownCallers } from '../known-callers.ts';
import { expandVariables, type TemplateScheme } from './variables.ts';

/** What reading a configuration needs, and where it puts what is wrong. */
export interface ReadContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What every program gets, below its own `env`. */
  readonly commonEnv: Readonly<Record<string, string>>;
  readonly workspaceFolder: string;
  readonly files: FileSources;
  /** For servers that do not say theirs. */
  readonly publicUrl: string | undefined;
  /** What the gateway knows of its callers; undefined where that is not settled. */
  readonly callers: KnownCallers | undefined;
  readonly faults: Fault[];
  /** Where what other gateways run with is put; undefined where it is a fault. */
  readonly warnings: Fault[] | undefined;
}

/** A text after its variables were replaced. */
export interface ReadText {
  readonly text: string;
  /** May be repeated in a message: nothing from outside of the file is in it. */
  readonly isLiteral: boolean;
  readonly node: ConfigNode;
}

/** `kept` where another part fills in `${header:…}` and the like. */
export type Templates = 'kept' | 'refused';

/** A server with a session has them filled in, also when something is wrong with what it says of its session. */
export function templatesIn(server: ConfigNode): Templates {
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
  // Where one may win, it is the first spelling, as mcpo has it; a fault names the second in the text.
  const [first, second] =
    context.warnings === undefined ? found.toSorted((a, b) => a.keyOffset - b.keyOffset) : found;
  if (first !== undefined && second !== undefined) {
    const message = `${nameOf(second.value.path)} says the same as '${first.key}'; keep one`;
    addOddity(context, { offset: second.keyOffset, message }, `'${first.key}' wins`);
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
  use: Templates = 'refused',
): ReadText | undefined {
  if (node?.kind !== 'scalar' || node.value === null) return undefined;
  const { faults, text, isSubstituted, templates, hasLookalike } = expandVariables(node.text, {
    env: context.env,
    workspaceFolder: context.workspaceFolder,
    readFile: (path) => context.files.read(path),
  });
  const addKept = (says: string): void =>
    addOddity(
      context,
      { offset: node.offset, message: `${nameOf(node.path)} ${says}` },
      'kept as it is written',
    );
  faults.forEach(addKept);
  const [template] = templates;
  if (template !== undefined && use === 'refused')
    addKept(`has \${${template}:…}, which works only in env and headers of a server with a session`);
  if (use === 'kept') for (const scheme of new Set(templates)) requireCallers(context, node, scheme);
  // A fault is one, and what is kept in spite of it may hold more.
  const isUsed = faults.length === 0 || context.warnings !== undefined;
  if (isUsed && hasLookalike && use === 'kept') {
    // It would be filled in with what callers send.
    addFault(
      context,
      node,
      'holds ${header:…}, ${claim:…} or ${key:…} in a value or escaped, which cannot be told from one to fill in',
    );
  }
  return isUsed ? { text, isLiteral: !isSubstituted, node } : undefined;
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
  use: Templates,
): readonly (readonly [Member, string])[] {
  if (node?.kind !== 'object') return [];
  return node.members.flatMap((member) => {
    const read = readText(member.value, context, use);
    return read === undefined ? [] : [[member, read.text] as const];
  });
}

/** Says what has to be added for a claim, or the name of a key, to be there at all. */
export function requireCallers(context: ReadContext, node: ConfigNode, scheme: TemplateScheme): void {
  const { callers } = context;
  if (scheme === 'claim' && callers?.haveClaims === false)
    addFault(
      context,
      node,
      'needs callers with claims; add --jwt-issuer <url> for tokens, or --trusted-header-auth <proxies>',
    );
  if (scheme === 'key' && callers?.haveKeyNames === false)
    addFault(context, node, 'needs callers with keys that have names; add --api-keys-file <file>');
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

/**
 * Says what other gateways run with: a fault, or a warning.
 *
 * @param consequence what comes of it where it is a warning
 */
export function addOddity(context: ReadContext, { offset, message }: Fault, consequence: string): void {
  if (context.warnings === undefined) context.faults.push({ offset, message });
  else context.warnings.push({ offset, message: `${message} (${consequence})` });
}

function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
