import { canonicalize, type CanonicalDocument } from '../canonicalize.ts';
import type { Contract } from '../contract.ts';
import { downgradeDocument } from './downgrade/downgrade-document.ts';
import { inlineRefs } from './inline-refs.ts';

/** How a contract's document is shown; what is routed and validated is the canonical one in any case. */
export interface DocumentForm {
  /** @default '3.1' */
  readonly openapiVersion?: '3.1' | '3.0';
  /** Targets stand in place of references. @default false */
  readonly inlineRefs?: boolean;
}

/** A contract's document in a form, canonical by itself: with bytes and a digest of its own. */
export function toDocumentForm(
  { document }: Pick<Contract, 'document'>,
  { openapiVersion = '3.1', inlineRefs: isInlined = false }: DocumentForm,
): CanonicalDocument {
  const versioned = openapiVersion === '3.0' ? downgradeDocument(document) : document;
  return canonicalize(isInlined ? inlineRefs(versioned) : versioned);
}
