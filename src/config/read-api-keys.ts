import { ConfigError } from '../errors.ts';
import { parseKeyHash, type ApiKeyEntry } from '../identity/api-key.ts';
import { readSpecFile } from './config-file/check-schema.ts';
import { readCheckedFile, type CheckedFile } from './config-file/read-checked-file.ts';
import { parseTime } from './parse-time.ts';

/**
 * Reads a file of API keys (spec/api-keys.schema.json).
 *
 * @throws ConfigError with every mistake in it and its place
 */
export function readApiKeys(path: string): readonly ApiKeyEntry[] {
  const file = readCheckedFile(path, readSpecFile('api-keys.schema.json'));
  const { keys } = file.value as KeysFile; // the schema has made sure of it
  const problems = keys.flatMap((key, at) => findMistakes(key, at, keys, file));
  if (problems.length > 0) throw new ConfigError(path, problems, new Map());
  return keys.map(toEntry);
}

interface KeysFile {
  readonly keys: readonly WrittenKey[];
}

interface WrittenKey {
  readonly name: string;
  readonly hash: string;
  readonly expires?: string;
  readonly scopes?: readonly string[];
}

function findMistakes(
  { name, hash, expires }: WrittenKey,
  at: number,
  keys: readonly WrittenKey[],
  { placeOf }: CheckedFile,
): readonly string[] {
  const before = keys.slice(0, at);
  const placed = (key: string, says: string): string => `${placeOf(`/keys/${at}/${key}`)}: ${says}`;
  return [
    ...(before.some((key) => key.name === name)
      ? [placed('name', `'${name}' is there twice; keep one`)]
      : []),
    ...(before.some((key) => parseKeyHash(key.hash) === parseKeyHash(hash))
      ? [placed('hash', `the key of '${name}' is there under another name as well; keep one`)]
      : []),
    ...(expires !== undefined && Number.isNaN(parseTime(expires))
      ? [placed('expires', `'keys[${at}].expires' is a day or time that does not exist`)]
      : []),
  ];
}

function toEntry({ name, hash, expires, scopes = [] }: WrittenKey): ApiKeyEntry {
  const digest = parseKeyHash(hash);
  if (digest === undefined) throw new Error('the schema lets a hash through that is none');
  return { name, digest, scopes, ...(expires !== undefined && { expiresAt: parseTime(expires) }) };
}
