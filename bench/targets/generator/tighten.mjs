// Schemas that accept a little less.
import { changeAt, isObject, walkSchemas } from './schema-walk.mjs';

const raised = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties', 'minContains'];
const lowered = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties', 'maxContains'];

/** `{ what, schema }` for each bound moved by one, each value, branch and type dropped, each optional property made required, each object closed. */
export function listTightenings(schema, draft) {
  const mutants = [];
  for (const { schema: part, tokens, pointer } of walkSchemas(schema)) {
    if (!isObject(part) || (draft === 'draft7' && '$ref' in part)) continue;
    const add = (what, name, value) =>
      mutants.push({
        what: `${pointer} ${what}`,
        schema: changeAt(schema, tokens, (each) => ({ ...each, [name]: value })),
      });
    for (const name of raised) if (typeof part[name] === 'number') add(`${name} + 1`, name, part[name] + 1);
    for (const name of lowered) {
      if (typeof part[name] === 'number' && (name.includes('imum') || part[name] > 0))
        add(`${name} - 1`, name, part[name] - 1);
    }
    for (const name of ['enum', 'anyOf', 'oneOf', 'type']) {
      const list = part[name];
      if (!Array.isArray(list) || list.length < 2) continue;
      for (const index of list.keys()) add(`${name} without ${index}`, name, list.toSpliced(index, 1));
    }
    for (const name of Object.keys(part.properties ?? {})) {
      if (!(part.required ?? []).includes(name))
        add(`required ${name}`, 'required', [...(part.required ?? []), name]);
    }
    const isAboutObjects =
      part.type === 'object' || part.properties !== undefined || part.patternProperties !== undefined;
    if (isAboutObjects && part.additionalProperties !== false) add('closed', 'additionalProperties', false);
  }
  return mutants;
}
