import { basename, sep } from 'node:path';
import { templateStart } from '../../upstream/users/templates.ts';
import { toTrait } from '../../upstream/users/user-trait.ts';
import { quote } from './config-node.ts';

/** Where the values of variables come from. */
export interface VariableSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What VS Code calls the workspace. */
  readonly workspaceFolder: string;
  /** The text of a file, or why it cannot be read. */
  readFile(path: string): { readonly text: string } | { readonly reason: string };
}

/** `${header:…}`, `${claim:…}` or `${key:name}`. */
export type TemplateScheme = 'header' | 'claim' | 'key';

/** A text whose variables have been replaced by their values. */
export interface ExpandedText {
  readonly text: string;
  /** It holds values from outside of the file, which may be secrets. */
  readonly isSubstituted: boolean;
  /** What was kept for each user's session to fill in. */
  readonly templates: readonly TemplateScheme[];
  /** A value, or what was escaped, looks like such a template and is none. */
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
  const templates: TemplateScheme[] = [];
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
    if (found.kind === 'template') templates.push(found.scheme);
    if (found.kind === 'value') isSubstituted = true;
    rest = rest.slice(end + 1);
  }
  text += rest;
  const hasLookalike = [...text.matchAll(templateStart)].length !== templates.length;
  return { text, isSubstituted, templates, hasLookalike, faults };
}

const escapeAdvice = 'write $${ for the characters ${ themselves';

type Found =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'template'; readonly text: string; readonly scheme: TemplateScheme }
  | { readonly kind: 'fault'; readonly says: string };

function lookUp(expression: string, sources: VariableSources): Found {
  const { env, workspaceFolder } = sources;
  // `${KEY:-none}` is a variable with a default, whatever its name.
  const [, written = '', rest = ''] = /^(header|claim|key|file|input):(?!-)(.*)$/is.exec(expression) ?? [];
  const scheme = written.toLowerCase();
  switch (scheme) {
    case 'header':
    case 'claim':
    case 'key': {
      const [name = ''] = rest.split(':-', 1);
      const isTemplate = toTrait(scheme, name) !== undefined;
      return isTemplate
        ? { kind: 'template', text: `\${${expression}}`, scheme }
        : { kind: 'fault', says: mistaken[scheme] };
    }
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
      if (name === undefined && /^[a-z]+:(?!-)/i.test(expression))
        return { kind: 'fault', says: unknownKind };
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

const unknownKind = `has \${…:…} of a kind that there is not; write \${env:…}, \${file:…}, \${header:…}, \${claim:…} or \${key:name}; ${escapeAdvice}`;

const mistaken: Readonly<Record<TemplateScheme, string>> = {
  header: 'has ${header:…} without the name of a header',
  claim:
    'has ${claim:…} without the name of a claim; write ${claim:sub}, or ${claim:realm.tenant} for one inside of another',
  key: 'has ${key:…} for something that keys do not have; write ${key:name}',
};
