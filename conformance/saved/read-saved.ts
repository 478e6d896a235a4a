import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject } from '../../src/index.ts';
import { compilePatterns } from '../pattern.ts';
import { toFileName, type SavedFinding } from './saved-finding.ts';

/** A saved finding, or why there is none. */
export type ReadSaved =
  | { readonly kind: 'saved'; readonly path: string; readonly saved: SavedFinding }
  | { readonly kind: 'none'; readonly reason: string };

/** Reads a saved finding by its path, or by its id in the folder. */
export function readSaved(word: string, folder: string): ReadSaved {
  const path = existsSync(word) ? word : join(folder, toFileName(word));
  if (!existsSync(path)) return { kind: 'none', reason: describeMissing(word, folder) };
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'none', reason: `cannot read ${path}: ${why}` };
  }
  if (!isSaved(value)) {
    return { kind: 'none', reason: `${path} is no finding that this version of mcpo-verify has saved` };
  }
  return { kind: 'saved', path, saved: value };
}

const SHOWN_IDS = 10;

function describeMissing(word: string, folder: string): string {
  const ids = existsSync(folder)
    ? readdirSync(folder).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []))
    : [];
  if (ids.length === 0) return `'${word}' is no file, and ${folder} holds no finding; see --save-dir`;
  const [unmatched = ''] = compilePatterns([word]).unmatched(ids);
  const shown = ids.toSorted().slice(0, SHOWN_IDS).join(', ');
  const more = ids.length > SHOWN_IDS ? ` and ${ids.length - SHOWN_IDS} more` : '';
  return `${unmatched.replace('matches none', 'is no saved finding')}; ${folder} holds ${shown}${more}`;
}

/** As far as a replay relies on it; people may have changed the rest. */
function isSaved(value: unknown): value is SavedFinding {
  if (!isJsonObject(value) || value['version'] !== 1) return false;
  const { target, options, finding } = value;
  return (
    isJsonObject(target) &&
    isTexts(target['command']) &&
    typeof target['folder'] === 'string' &&
    isJsonObject(target['flags']) &&
    isTexts(target['env']) &&
    isJsonObject(options) &&
    isJsonObject(finding) &&
    ['id', 'check', 'title', 'expected', 'seen', 'replay'].every((key) => typeof finding[key] === 'string') &&
    typeof finding['seed'] === 'number' &&
    Array.isArray(finding['lines']) &&
    Array.isArray(finding['places']) &&
    isJsonObject(finding['requirement'])
  );
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
