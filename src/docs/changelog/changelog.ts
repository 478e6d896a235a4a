import type { ContractDiff } from '../../contract/diff/change.ts';
import { diffDocuments } from '../../contract/diff/diff-documents.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';
import type { PreviousDocument, SiteContract } from '../site/site.ts';

/** A document in the history of a server. */
export interface Version {
  /** '' for what is published now. */
  readonly name: string;
  /** As the document's info has it; '' where it has none. */
  readonly infoVersion: string;
}

/** What changed from one document to the next. */
export interface ChangelogStep {
  readonly from: Version;
  readonly to: Version;
  readonly diff: ContractDiff;
}

/** The history of one server, or of all of them together. */
export interface History {
  /** '' for all of them, and for the only one. */
  readonly server: string;
  /** The newest first. */
  readonly steps: readonly ChangelogStep[];
  /** The first document that is known. */
  readonly first: Version;
  /** False for a server that is not part of the site any more. */
  readonly isCurrent: boolean;
}

/**
 * Compares each earlier document with the one after it, and the last one with what is published now. Two documents are
 * held as values at a time.
 */
export function createChangelog(
  contract: SiteContract,
  previous: readonly PreviousDocument[],
): readonly History[] {
  const byServer = new Map<string, PreviousDocument[]>();
  for (const one of previous) {
    const own = byServer.get(one.server);
    if (own === undefined) byServer.set(one.server, [one]);
    else own.push(one);
  }
  const published = [contract.merged, ...contract.servers];
  const now = new Map(published.map(({ server, document }) => [server, document]));
  return [...byServer].map(([server, own]) => createHistory(server, own, now.get(server)));
}

interface Read {
  readonly version: Version;
  readonly document: JsonObject;
}

function createHistory(
  server: string,
  previous: readonly PreviousDocument[],
  now: JsonObject | undefined,
): History {
  const steps: ChangelogStep[] = [];
  let first: Version | undefined;
  let before: Read | undefined;
  const follow = (after: Read): void => {
    first ??= after.version;
    if (before !== undefined) {
      const diff = diffDocuments(before.document, after.document);
      steps.push({ from: before.version, to: after.version, diff });
    }
    before = after;
  };
  for (const { name, json } of previous) {
    const document = JSON.parse(json) as JsonObject; // of readPrevious
    follow({ version: toVersion(name, document), document });
  }
  if (now !== undefined) follow({ version: toVersion('', now), document: now });
  return {
    server,
    steps: steps.toReversed(),
    first: first ?? { name: '', infoVersion: '' },
    isCurrent: now !== undefined,
  };
}

function toVersion(name: string, { info }: JsonObject): Version {
  const version = isJsonObject(info) ? info['version'] : undefined;
  return { name, infoVersion: typeof version === 'string' ? version : '' };
}
