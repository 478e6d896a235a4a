import {
  chmodSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { applyEdits, modify } from 'jsonc-parser';
import { parseDocument } from 'yaml';
import { UsageError } from '../errors.ts';
import { readApiKeys } from './read-api-keys.ts';

/** A key as it is written. */
export interface WrittenApiKey {
  readonly name: string;
  readonly hash: string;
  readonly expires?: string;
  readonly scopes?: readonly string[];
}

/**
 * Adds a key to a keys file, which is made when there is none; what else is in it stays, comments too.
 *
 * The file is replaced whole: a gateway that follows it never reads half of it.
 *
 * @throws UsageError when it cannot be read or written, or has a key of that name
 */
export function addApiKey(path: string, key: WrittenApiKey): void {
  const exists = existsSync(path);
  if (exists && readApiKeys(path).some(({ name }) => name === key.name)) {
    throw new UsageError(`'${path}' has a key of '${key.name}'; take that out first, or choose another name`);
  }
  const isYaml = /\.ya?ml$/i.test(path);
  const text = exists ? readFileSync(path, 'utf8') : isYaml ? 'keys: []\n' : '{ "keys": [] }\n';
  const to = exists ? realpathSync(path) : path;
  const fresh = `${to}.${process.pid}.tmp`;
  try {
    writeFileSync(fresh, isYaml ? addToYaml(text, key) : addToJson(text, key), { mode: 0o600, flag: 'wx' });
    if (exists) chmodSync(fresh, statSync(to).mode);
    renameSync(fresh, to);
  } catch (error) {
    rmSync(fresh, { force: true });
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(`cannot write '${path}' (${reason})`, { cause: error });
  }
}

function addToJson(text: string, key: WrittenApiKey): string {
  const edits = modify(text, ['keys', -1], key, {
    isArrayInsertion: true,
    formattingOptions: { insertSpaces: true, tabSize: 2 },
  });
  return applyEdits(text, edits);
}

function addToYaml(text: string, key: WrittenApiKey): string {
  const document = parseDocument(text);
  document.addIn(['keys'], document.createNode(key));
  // An empty list in one line would grow in one line.
  const list = document.get('keys');
  if (typeof list === 'object' && list !== null && 'flow' in list) list.flow = false;
  return document.toString();
}
