import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { parse as parseYaml } from 'yaml';
import { hasChangeAtLeast, severities, type ContractDiff, type Severity } from '../contract/diff/change.ts';
import { diffDocuments } from '../contract/diff/diff-documents.ts';
import { toDiffMarkdown } from '../docs/diff/diff-markdown.ts';
import { toDiffJson, type DiffFormat } from '../docs/diff/diff-report.ts';
import { toDiffText } from '../docs/diff/diff-text.ts';
import { UsageError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json/value.ts';

interface Flags {
  readonly failOn: Severity | 'none';
  readonly format: DiffFormat;
  readonly formats: 'annotate' | 'assert';
}

const writers: Readonly<Record<DiffFormat, (diff: ContractDiff) => string>> = {
  text: toDiffText,
  json: toDiffJson,
  markdown: toDiffMarkdown,
};

/** As for request bodies: recursive readers fail somewhere beyond. */
const maxDepth = 1_000;

const examples = `
Severities, the gravest first:
  breaking    an input takes less, an output may hold more, or something is gone
  unknown     it cannot be proven either way
  compatible  an input takes more, an output holds less, or something was added
  editorial   only words changed

Examples:
  mcpo-docs diff openapi.json new.json
  mcpo-docs diff --fail-on unknown --format markdown openapi.yaml new.yaml

Exit code: 0 nothing at or above --fail-on, 1 something, 2 usage.`;

/** `mcpo-docs diff`: what a change of the document means for those who rely on it. */
export function diffCommand(setExitCode: (code: number) => void): Command {
  return new Command('diff')
    .description('Compare two OpenAPI documents (JSON or YAML): what breaks, and for whom.')
    .argument('<old>', 'the document that clients rely on')
    .argument('<new>', 'the document that is to replace it')
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 from this severity on')
        .choices([...severities, 'none'])
        .default('breaking'),
    )
    .addOption(
      new Option('--format <format>', 'how to write the changes')
        .choices(Object.keys(writers))
        .default('text'),
    )
    .addOption(
      new Option('--formats <mode>', 'what `format` in a schema means')
        .choices(['annotate', 'assert'])
        .default('annotate'),
    )
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', examples)
    .action((oldPath: string, newPath: string, { failOn, format, formats }: Flags) => {
      const diff = diffDocuments(readDocument(oldPath), readDocument(newPath), { formats });
      process.stdout.write(writers[format](diff));
      setExitCode(failOn !== 'none' && hasChangeAtLeast(diff, failOn) ? 1 : 0);
    });
}

function readDocument(path: string): JsonObject {
  const document = parseDocument(path, readText(path));
  const version = isJsonObject(document) ? document['openapi'] : undefined;
  if (!isJsonObject(document) || typeof version !== 'string' || !/^3\.\d/.test(version)) {
    throw new UsageError(
      `${path} is no OpenAPI 3.x document; name the output of GET /openapi.json or one like it`,
    );
  }
  if (isDeeperThan(document, maxDepth)) {
    throw new UsageError(`${path} is nested more than ${maxDepth} levels deep; move parts to components`);
  }
  return document;
}

/** By a stack of its own: what is nested too deep for the call stack is what it is to find. */
function isDeeperThan(document: JsonObject, limit: number): boolean {
  const open: (readonly [value: object, depth: number])[] = [[document, 1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next;
    if (depth > limit) return true;
    for (const member of Object.values(value) as unknown[]) {
      if (typeof member === 'object' && member !== null) open.push([member, depth + 1]);
    }
  }
  return false;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // of node:fs
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new UsageError(`${path} ${reason}; name a file with an OpenAPI document`, { cause: error });
  }
}

function parseDocument(path: string, text: string): unknown {
  const isYaml = /\.ya?ml$/i.test(path);
  try {
    return isYaml ? parseYamlJson(text) : JSON.parse(text);
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    const advice = isYaml ? 'mend it' : 'mend it, or name it .yaml when it is YAML';
    throw new UsageError(
      `${path} is not ${isYaml ? 'YAML' : 'JSON'}: ${reason.replace(/[.:]$/, '')}; ${advice}`,
      {
        cause: error,
      },
    );
  }
}

/** Through JSON: dates and other values that only YAML has become what JSON says, and aliases copies. */
function parseYamlJson(text: string): unknown {
  return JSON.parse(JSON.stringify(parseYaml(text, { maxAliasCount: 1_000 }) ?? null));
}
