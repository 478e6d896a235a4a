import type { JsonObject } from '../json/value.ts';
import { canonicalize } from './canonicalize.ts';
import { loadYaml } from './load-yaml.ts';

/**
 * Writes a document as YAML 1.2, keys in the canonical order: equal documents have equal text.
 *
 * Strings that YAML 1.1 readers would take for something else are quoted; lone surrogates are written as escapes.
 */
export function toYaml(document: JsonObject): string {
  const { Document, visit } = loadYaml();
  const yaml = new Document(canonicalize(document).document, {
    aliasDuplicateObjects: false,
    compat: 'yaml-1.1',
  });
  visit(yaml, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && !node.value.isWellFormed()) node.type = 'QUOTE_DOUBLE';
    },
  });
  return yaml.toString({ lineWidth: 0 });
}
