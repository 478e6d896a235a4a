import swaggerParser from '@apidevtools/swagger-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectDocuments, ruledText } from '../consumers/documents.ts';
import { consumersAbsence, createWorkspace, type Workspace } from '../consumers/workspace.ts';

/** Rule → why its warning may stand. */
const acceptedWarnings: ReadonlyMap<string, string> = new Map([
  ['info-license', 'a server does not say under which licence it is used'],
  ['no-illogical-composition-keywords', 'the same branch twice is what the tool itself lists'],
]);

let documents: ReadonlyMap<string, string> = new Map();

beforeAll(async () => {
  documents = new Map([...(await collectDocuments()), ['ruled', ruledText()]]);
});

describe('swagger-parser', () => {
  test('validates and resolves every document', async ({ annotate }) => {
    for (const text of documents.values()) {
      await expect(validate(text)).resolves.toMatchObject({ openapi: '3.1.0' });
    }
    await annotate(`${documents.size} documents: ${[...documents.keys()].join(' ')}`);
    expect(documents.size).toBeGreaterThan(0);
  });

  test('rejects a document that is at fault', async () => {
    await expect(validate(toFaulty(documents.get('time') ?? ''))).rejects.toThrow('components');
  });
});

describe('redocly lint', () => {
  let workspace: Workspace | undefined;

  afterAll(() => workspace?.remove());

  test('finds nothing against its recommended rules, and finds what is at fault', async (context) => {
    if (consumersAbsence !== undefined) return context.skip(consumersAbsence);
    workspace = createWorkspace();
    const faulty = toFaulty(documents.get('time') ?? '');
    const found = await lint(workspace, new Map([...documents, ['faulty', faulty]]));
    const ofFaulty = found.filter(({ document }) => document === 'faulty');
    expect(ofFaulty).toContainEqual(
      expect.objectContaining({ rule: 'no-unresolved-refs', severity: 'error' }),
    );
    const others = found.filter(({ document }) => document !== 'faulty');
    expect(
      others.filter(({ rule, severity }) => severity === 'error' || !acceptedWarnings.has(rule)),
    ).toEqual([]);
    await context.annotate(`${documents.size} documents, ${others.length} accepted warnings`);
  });
});

async function validate(text: string): Promise<unknown> {
  // Parsed afresh, as it is dereferenced in place.
  return await swaggerParser.validate(JSON.parse(text) as never);
}

/** The same document with a reference to nothing. */
function toFaulty(text: string): string {
  const faulty = text.replace('#/components/responses/', '#/components/responses/No');
  if (faulty === text) throw new Error('the document refers to no response');
  return faulty;
}

interface Finding {
  readonly document: string;
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
}

/** One process for all documents, as starting it takes longer than linting one. */
async function lint(workspace: Workspace, texts: ReadonlyMap<string, string>): Promise<readonly Finding[]> {
  for (const [name, text] of texts) workspace.write(`${name}.json`, text);
  const roots = [...texts.keys()].map((name) => [name, { root: `${name}.json` }]);
  const config = { extends: ['recommended'], apis: Object.fromEntries(roots) };
  workspace.write('redocly.yaml', JSON.stringify(config));
  const { stdout, stderr } = await workspace.attempt('redocly', [
    'lint',
    '--format=checkstyle',
    '--max-problems=1000',
  ]);
  const files = [...stdout.matchAll(/<file name="([^"]+)\.json">([^]*?)<\/file>/g)];
  for (const name of texts.keys()) {
    if (!stderr.includes(`${name}.json: validated`)) throw new Error(`${name} was not read: ${stderr}`);
  }
  return files.flatMap(([, document = '', body = '']) =>
    [...body.matchAll(/severity="([^"]*)" message="([^"]*)" source="([^"]*)"/g)].map(
      ([, severity = '', message = '', rule = '']) => ({ document, rule, severity, message }),
    ),
  );
}
