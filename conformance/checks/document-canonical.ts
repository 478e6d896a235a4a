import { canonicalize } from '../../src/index.ts';
import { exercised, type Probe } from './check.ts';
import { createContractCheck } from './contract-check.ts';

const FETCHES = 3;

export const documentCanonical: Probe = createContractCheck(
  {
    id: 'contract/canonical',
    title: 'The document has the same bytes each time, in canonical form',
    severity: 'error',
    requirement: 'document-is-canonical',
  },
  async ({ document, fetchDocument }, { report }) => {
    if (!document.isCanonical) {
      return {
        kind: 'not-exercised',
        reason: 'the document does not claim to be canonical: it has no digest',
      };
    }
    const first = await fetchDocument();
    if (first === undefined) return { kind: 'not-exercised', reason: 'the document came from a file' };
    for (let count = 1; count < FETCHES; count += 1) {
      const next = await fetchDocument();
      if (next === first || next === undefined) continue;
      report({
        variant: 'bytes',
        title: 'The document has other bytes when it is asked for again',
        expected: 'the same bytes each time',
        seen: describeDifference(first, next),
      });
      break;
    }
    const { json, digest } = canonicalize(document.source);
    if (document.source['x-contract-digest'] !== digest) {
      report({
        variant: 'digest',
        title: 'The digest of the document is not its own',
        expected: digest,
        seen: JSON.stringify(document.source['x-contract-digest']),
      });
    }
    if (json !== first) {
      report({
        variant: 'form',
        title: 'The document is not in canonical form',
        expected: 'sorted keys, two spaces a level, numbers and strings as in RFC 8785',
        seen: describeDifference(json, first),
      });
    }
    return exercised;
  },
);

function describeDifference(expected: string, seen: string): string {
  let at = 0;
  while (at < expected.length && expected[at] === seen[at]) at += 1;
  const cut = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40));
  return `at character ${at}, ${cut(seen)} in place of ${cut(expected)}`;
}
