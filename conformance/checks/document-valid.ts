import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';
import { followPointer, type RestDocument } from '../gateway/rest-document.ts';
import { exercised, type Probe } from './check.ts';
import { createContractCheck } from './contract-check.ts';
import { quote } from './evidence.ts';

/** What these hold is a value, where `$ref` is a key like any other. */
const literalKeywords: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'example', 'examples']);
const MAX_NAMES = 5;

export const documentValid: Probe = createContractCheck(
  {
    id: 'contract/document-valid',
    title: 'The document is valid OpenAPI',
    severity: 'error',
    requirement: 'document-is-valid',
  },
  async ({ document }, { report }) => {
    const fault = await findFault(document.source);
    if (fault !== undefined) {
      report({
        variant: 'document',
        title: 'The document is no valid OpenAPI',
        expected: `a document that satisfies OpenAPI ${document.version}`,
        seen: quote(fault),
      });
    }
    const dangling = findDangling(document.source);
    if (dangling.length > 0) {
      report({
        variant: 'references',
        title: 'References of the document lead nowhere',
        expected: 'references to what is in the document',
        seen: dangling.slice(0, MAX_NAMES).join(', '),
      });
    }
    const shared = findShared(document);
    if (shared.length > 0) {
      report({
        variant: 'operation ids',
        title: 'Operations share an operationId',
        expected: 'an operationId that is unique among all operations',
        seen: shared.slice(0, MAX_NAMES).join(', '),
      });
    }
    return exercised;
  },
);

async function findFault(document: JsonObject): Promise<string | undefined> {
  const { default: swaggerParser } = await import('@apidevtools/swagger-parser');
  try {
    // The parser changes what it is given; whether that is a document is what it is to find out. References are left
    // as they are: written out, those that double at each level would fill the memory.
    await swaggerParser.validate(structuredClone(document) as never, {
      resolve: { external: false },
      dereference: { circular: 'ignore', excludedPathMatcher: () => true },
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function findDangling(document: JsonObject): readonly string[] {
  const found = new Set<string>();
  const queue: JsonValue[] = [document];
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, member] of Object.entries(value)) {
      if (key === '$ref' && typeof member === 'string' && leadsNowhere(document, member)) found.add(member);
      if (!literalKeywords.has(key)) queue.push(member);
    }
  }
  return [...found];
}

// Other forms (anchors, other documents) are for those who can follow them.
function leadsNowhere(document: JsonObject, reference: string): boolean {
  return /^#(?:\/|$)/.test(reference) && followPointer(document, reference.slice(1)) === undefined;
}

function findShared({ source }: RestDocument): readonly string[] {
  const seen = new Set<string>();
  const shared = new Set<string>();
  const paths = isJsonObject(source['paths']) ? source['paths'] : {};
  for (const operation of Object.values(paths).flatMap((item) =>
    isJsonObject(item) ? Object.values(item) : [],
  )) {
    const id = isJsonObject(operation) ? operation['operationId'] : undefined;
    if (typeof id !== 'string') continue;
    if (seen.has(id)) shared.add(id);
    seen.add(id);
  }
  return [...shared];
}
