import { buildContract } from '../../src/contract/build-contract.ts';
import { buildDocument } from '../../src/contract/document/build-document.ts';
import { declareRequirements } from '../../src/contract/document/declared-requirements.ts';
import { canonicalize } from '../../src/contract/canonicalize.ts';
import type { Contract, ToolSource } from '../../src/contract/contract.ts';
import { readGoldenDocuments, readListings } from './listings.ts';

/** Name → text of every document that a consumer must be able to read. */
export async function collectDocuments(): Promise<ReadonlyMap<string, string>> {
  const documents = new Map<string, string>();
  const listings = readListings();
  for (const listing of listings) documents.set(listing.server, toText(await contractOf([listing])));
  documents.set('merged', toText(await contractOf(listings)));
  const known = new Set(documents.values());
  for (const [name, text] of readGoldenDocuments()) if (!known.has(text)) documents.set(name, text);
  return documents;
}

/** The bytes of one whose operations take keys and tokens, with scopes of rules. */
export function ruledText(): string {
  const security = { keys: true, tokens: true, openIdConnectUrl: 'https://login.example.com/openid' };
  const { document } = buildDocument({ sources: readListings(), security });
  const requirements = [
    { scopes: ['tools:read', 'tools:write'], credentials: 'any' },
    { scopes: [], credentials: 'keys' },
  ] as const;
  return canonicalize(declareRequirements(document, '', () => requirements)).json;
}

/** The contract of one server, as its own, or of several, merged. */
export async function contractOf(sources: readonly ToolSource[]): Promise<Contract> {
  const [only, ...others] = sources;
  const isSingle = only !== undefined && others.length === 0;
  return await buildContract({ sources: isSingle ? [{ ...only, server: '' }] : sources });
}

/** The bytes that the gateway would serve. */
export function toText(contract: Contract): string {
  return canonicalize(contract.document).json;
}
