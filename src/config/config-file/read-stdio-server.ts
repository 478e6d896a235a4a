import { resolve } from 'node:path';
import { templateStart } from '../../upstream/users/templates.ts';
import { parseEnv } from 'node:util';
import type { CommonServerSettings, StdioServerSettings } from '../server-settings.ts';
import { serverPrefix, type ConfigNode, type ObjectNode } from './config-node.ts';
import {
  addFault,
  fieldOf,
  templatesIn,
  readText,
  readTextMap,
  readTexts,
  type Templates,
  type ReadContext,
} from './field-reader.ts';
import { readReplicas } from './read-replicas.ts';
import { refuseMisplaced, readType } from './server-type.ts';

/** Reads a server that is started; undefined when something keeps it from being read. */
export function readStdioServer(
  node: ObjectNode,
  common: CommonServerSettings,
  context: ReadContext,
): StdioServerSettings | undefined {
  refuseMisplaced(node, ['headers', 'oauth'], "'url'", context);
  const typeNode = fieldOf(node, context, 'type');
  const type = readType(typeNode, context);
  if (typeNode !== undefined && type !== undefined && type !== 'stdio') {
    addFault(context, typeNode, "belongs to a server with a 'url', but this one has a 'command'");
  }
  const commandNode = fieldOf(node, context, 'command');
  const command = readArgument(commandNode, context);
  // The schema tells of one that is empty in the file.
  if (command === '' && commandNode?.kind === 'scalar' && commandNode.text !== '') {
    addFault(context, commandNode, 'is empty: the variables in it are');
  }
  const argsNode = fieldOf(node, context, 'args');
  const args = readTexts(argsNode, context) ?? [];
  if (argsNode !== undefined && args.some((arg) => arg.includes('\0'))) addFault(context, argsNode, nulWords);
  const env = readEnvironment(node, context);
  const cwd = readArgument(fieldOf(node, context, 'cwd'), context);
  const replicas = readReplicas(node, context);
  if (command === undefined) return undefined;
  return {
    type: 'stdio',
    ...common,
    command,
    args,
    env,
    ...(cwd !== undefined && { cwd: resolve(context.files.folder, cwd) }),
    ...(replicas !== undefined && { replicas }),
  };
}

const nulWords = 'holds a NUL character, which no program can be given';

function readArgument(node: ConfigNode | undefined, context: ReadContext): string | undefined {
  const read = readText(node, context);
  if (read?.text.includes('\0') === true) addFault(context, read.node, nulWords);
  return read?.text;
}

function readEnvironment(node: ObjectNode, context: ReadContext): Readonly<Record<string, string>> {
  const templates = templatesIn(node);
  const own = readTextMap(fieldOf(node, context, 'env'), context, templates);
  for (const [{ key, keyOffset, value }, text] of own) {
    if (key === '' || /[=\0]/.test(key)) {
      const message = `${serverPrefix(node.path)}'env' has a name that is empty or holds '='`;
      context.faults.push({ offset: keyOffset, message });
    }
    if (text.includes('\0')) addFault(context, value, nulWords);
  }
  const fromFile = readEnvFile(fieldOf(node, context, 'envFile'), templates, context);
  const common = Object.entries(context.commonEnv);
  // Only what the configuration itself says is filled in with what callers send.
  if (templates === 'kept' && common.some(([, value]) => hasTemplate(value))) {
    addFault(
      context,
      node,
      "has a session, so no variable of --env or --env-path may hold ${header:…} and the like; write that in 'env'",
    );
  }
  return Object.fromEntries([...common, ...fromFile, ...own.map(([{ key }, text]) => [key, text] as const)]);
}

function hasTemplate(value: string): boolean {
  return value.search(templateStart) !== -1;
}

function readEnvFile(
  node: ConfigNode | undefined,
  templates: Templates,
  context: ReadContext,
): readonly (readonly [string, string])[] {
  const path = readText(node, context);
  if (path === undefined) return [];
  const read = context.files.read(path.text);
  if ('reason' in read) {
    addFault(context, path.node, `cannot be read (${read.reason})`);
    return [];
  }
  const entries = Object.entries(parseEnv(read.text)).map(([key, value]) => [key, value ?? ''] as const);
  // Only what the configuration itself says is filled in with what callers send.
  if (templates === 'kept' && entries.some(([, value]) => hasTemplate(value))) {
    addFault(context, path.node, "holds ${header:…} or the like; write that in 'env'");
  }
  return entries;
}
