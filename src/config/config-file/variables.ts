import { basename, sep } from 'node:path';
import { quote } from './config-node.ts';

/** Where the values of variables come from. */
export interface VariableSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What VS Code calls the workspace. */
  readonly workspaceFolder: string;
  /** The text of a file, or why it cannot be read. */
  readFile(path: string): { readonly text: string } | { readonly reason: string };
}

/** A text whose variables have been replaced by their values. */
export interface ExpandedText {
  readonly text: string;
  /** It holds values from outside of the file, which may be secrets. */
  readonly isSubstituted: boolean;
  /** `${header:…}` was kept, for each caller's session to fill in. */
  readonly hasHeaders: boolean;
  /** A value, or what was escaped, looks like `${header:…}` and is not. */
  readonly hasLookalike: boolean;
  /** What is wrong with its variables, each as the rest of a sentence; such a variable is left as it is written. */
  readonly faults: readonly string[];
}

/**
 * Replaces `${VAR}`, `${VAR:-default}` and `${file:path}` by their values; `$${` becomes `${`. Values are not looked
 * through again.
 */
export function expandVariables(source: string, sources: VariableSources): ExpandedText {
  const faults: string[] = [];
  let text = '';
  let rest = source;
  let isSubstituted = false;
  let kept = 0;
  for (let at = rest.indexOf('${'); at !== -1; at = rest.indexOf('${')) {
    if (rest[at - 1] === '$') {
      text += `${rest.slice(0, at - 1)}\${`;
      rest = rest.slice(at + 2);
      continue;
    }
    text += rest.slice(0, at);
    const end = rest.indexOf('}', at);
    if (end === -1) {
      faults.push(`has \${ without a closing }; ${escapeAdvice}`);
      text += rest.slice(at);
      rest = '';
      break;
    }
    const found = lookUp(rest.slice(at + 2, end), sources);
    if (found.kind === 'fault') {
      faults.push(found.says);
      text += rest.slice(at, end + 1);
    } else text += found.text;
    if (found.kind === 'header') kept += 1;
    if (found.kind === 'value') isSubstituted = true;
    rest = rest.slice(end + 1);
  }
  text += rest;
  const hasLookalike = [...text.matchAll(/\$\{header:/gi)].length !== kept;
  return { text, isSubstituted, hasHeaders: kept > 0, hasLookalike, faults };
}

const escapeAdvice = 'write $${ for the characters ${ themselves';

type Found =
  | { readonly kind: 'value' | 'header'; readonly text: string }
  | { readonly kind: 'fault'; readonly says: string };

function lookUp(expression: string, sources: VariableSources): Found {
  const { env, workspaceFolder } = sources;
  const [, scheme = '', rest = ''] = /^(header|file|input):(.*)$/is.exec(expression) ?? [];
  switch (scheme.toLowerCase()) {
    case 'header':
      return isHeaderTemplate(rest)
        ? { kind: 'header', text: `\${${expression}}` }
        : { kind: 'fault', says: 'has ${header:…} without the name of a header' };
    case 'file': {
      const read = sources.readFile(rest);
      if ('reason' in read) return { kind: 'fault', says: `needs the file ${quote(rest)} (${read.reason})` };
      return { kind: 'value', text: read.text.replace(/\r?\n$/, '') };
    }
    case 'input': {
      const variable = rest.replaceAll(/\W+/g, '_').toUpperCase();
      const says = `has ${quote(`\${${expression}}`)}, which asks a person; write \${${variable}} and set that environment variable`;
      return { kind: 'fault', says };
    }
    default:
  }
  switch (expression) {
    case 'workspaceFolder':
      return { kind: 'value', text: workspaceFolder };
    case 'workspaceFolderBasename':
      return { kind: 'value', text: basename(workspaceFolder) };
    case 'pathSeparator':
    case '/':
      return { kind: 'value', text: sep };
    case 'userHome':
      return fromEnvironment(env['HOME'] === undefined ? 'USERPROFILE' : 'HOME', undefined, env);
    default: {
      const match = /^(?:env:)?([A-Za-z_]\w*)(?::-(.*))?$/s.exec(expression);
      const [, name, fallback] = match ?? [];
      if (name === undefined || fallback?.includes('${') === true) {
        // What it is stays unsaid: it may be a piece of a secret.
        return { kind: 'fault', says: `has \${…} around what is no variable's name; ${escapeAdvice}` };
      }
      return fromEnvironment(name, fallback, env);
    }
  }
}

/** As in a shell, a default stands in for an empty variable too. */
function fromEnvironment(name: string, fallback: string | undefined, env: VariableSources['env']): Found {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (fallback !== undefined)
    return { kind: 'value', text: value === undefined || value === '' ? fallback : value };
  if (value !== undefined) return { kind: 'value', text: value };
  const says = `needs the environment variable '${name}', which is not set; set it, or write \${${name}:-default}`;
  return { kind: 'fault', says };
}

/** A token (RFC 9110 section 5.6.2), and perhaps a default. */
function isHeaderTemplate(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+?(?::-.*)?$/s.test(text);
}
