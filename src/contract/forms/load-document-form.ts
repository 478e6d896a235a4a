import { canonicalize, type CanonicalDocument } from '../canonicalize.ts';
import type { Contract } from '../contract.ts';
import type { DocumentForm } from './document-form.ts';

/** Makes a contract's document in one form. */
export type ToDocumentForm = (contract: Pick<Contract, 'document'>) => CanonicalDocument;

/** Finds what makes documents in a form; what changes them is loaded only for the forms that do. */
export async function loadDocumentForm(form: DocumentForm): Promise<ToDocumentForm> {
  const isOwn = (form.openapiVersion ?? '3.1') === '3.1' && form.inlineRefs !== true;
  if (isOwn) return ({ document }) => canonicalize(document);
  const { toDocumentForm } = await import('./document-form.ts');
  return (contract) => toDocumentForm(contract, form);
}
