import type { JsonObject } from '../json/value.ts';
import { canonicalize, type CanonicalDocument } from './canonicalize.ts';
import { loadYaml } from './load-yaml.ts';

/**
 * Writes a document as YAML 1.2, keys in the canonical order: equal documents have equal text.
 *
 * Strings that YAML 1.1 readers would take for something else are quoted; lone surrogates are written as escapes.
 */
export function toYaml(document: JsonObject): string {
  return toCanonicalYaml(canonicalize(document));
}

/** The same of a document that is canonical already. */
export function toCanonicalYaml({ document, json }: Pick<CanonicalDocument, 'document' | 'json'>): string {
  const { Document, visit } = loadYaml();
  const yaml = new Document(document, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  // JSON writes a lone surrogate as its escape; a large document without any is not searched for them.
  if (/\\ud[89a-f]/.test(json)) {
    visit(yaml, {
      Scalar(_key, node) {
        if (typeof node.value === 'string' && !node.value.isWellFormed()) node.type = 'QUOTE_DOUBLE';
      },
    });
  }
  return yaml.toString({ lineWidth: 0 });
}
