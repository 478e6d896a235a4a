import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { hasChangeAtLeast, severities, type ContractDiff, type Severity } from '../contract/diff/change.ts';
import { diffDocuments } from '../contract/diff/diff-documents.ts';
import { toDiffHtml, type DiffSide } from '../docs/diff/diff-html.ts';
import { toDiffMarkdown } from '../docs/diff/diff-markdown.ts';
import { toDiffJson, type DiffFormat } from '../docs/diff/diff-report.ts';
import { toDiffText } from '../docs/diff/diff-text.ts';
import { readDocumentFile } from '../docs/read-document.ts';
import { UsageError } from '../errors.ts';

interface Flags {
  readonly failOn: Severity | 'none';
  readonly format: DiffFormat;
  readonly formats: 'annotate' | 'assert';
  readonly out?: string;
}

const writers: Readonly<
  Record<DiffFormat, (diff: ContractDiff, before: DiffSide, after: DiffSide) => string>
> = {
  text: toDiffText,
  json: toDiffJson,
  markdown: toDiffMarkdown,
  html: toDiffHtml,
};

const examples = `
Severities, the gravest first:
  breaking    an input takes less, an output may hold more, or something is gone
  unknown     it cannot be proven either way
  compatible  an input takes more, an output holds less, or something was added
  editorial   only words changed

Examples:
  mcpo-docs diff openapi.json new.json
  mcpo-docs diff --fail-on unknown --format markdown openapi.yaml new.yaml
  mcpo-docs diff --format html --out changes.html openapi.json new.json

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
    .option('-o, --out <file>', 'write to a file instead of stdout')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', examples)
    .action((oldPath: string, newPath: string, { failOn, format, formats, out }: Flags) => {
      const [before, after] = [readSide(oldPath), readSide(newPath)];
      const diff = diffDocuments(before.document, after.document, { formats });
      write(writers[format](diff, before, after), out);
      setExitCode(failOn !== 'none' && hasChangeAtLeast(diff, failOn) ? 1 : 0);
    });
}

function readSide(path: string): DiffSide {
  return { fileName: basename(path), document: readDocumentFile(path) };
}

function write(text: string, out: string | undefined): void {
  if (out === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(out, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // of node:fs
    throw new UsageError(`--out: ${out} cannot be written (${code}); name a file in a folder that exists`, {
      cause: error,
    });
  }
}
