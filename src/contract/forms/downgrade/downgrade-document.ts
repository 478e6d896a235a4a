import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.ts';
import { addLossReport, type Loss } from '../loss-report.ts';
import { mapDocument, type Reference } from '../map-document.ts';
import { createPatternCompiler } from '../../validation/pattern.ts';
import { own } from '../../schema/own-property.ts';
import { joinPointer } from '../../schema/pointer.ts';
import { downgradeSchema, type DowngradeContext } from './downgrade-schema.ts';
import { downgradeSecurity } from './downgrade-security.ts';
import { componentOf } from './schema-draft.ts';

/**
 * Says a document of {@link buildDocument} in OpenAPI 3.0.3, for consumers that do not read 3.1.
 *
 * Every schema accepts what its source accepts. What 3.0 cannot say is listed in `x-loss-report`, by pointers into the
 * source, and kept as `x-…` where that is harmless. Rules MAP-100 to MAP-113 of spec/mapping.md.
 */
export function downgradeDocument(document: JsonObject): JsonObject {
  const losses: Loss[] = [];
  const components = schemasOf(document);
  const context = { components, compilePattern: createPatternCompiler() };
  const inexact = findInexact(context);
  const mapped = mapDocument(document, {
    schema(schema, pointer) {
      const downgraded = downgradeSchema(schema, pointer, { ...context, inexact });
      losses.push(...downgraded.losses);
      return downgraded.schema;
    },
    reference: (reference, _part, pointer) => bareReference(reference, pointer, losses),
  });
  const renamed = renameMembers(mapped, '', ['webhooks', 'jsonSchemaDialect'], losses);
  const outcome = {
    ...renamed,
    openapi: '3.0.3',
    paths: downgradeSecurity(renamed, losses),
    info: downgradeInfo(renamed['info'] ?? {}, losses),
    ...(isJsonObject(renamed['components']) && {
      components: renameMembers(renamed['components'], '/components', ['pathItems'], losses),
    }),
  };
  return addLossReport(outcome, losses);
}

/** Names of the components whose 3.0 form accepts more, by itself or through what it refers to. */
function findInexact(context: Omit<DowngradeContext, 'inexact'>): ReadonlySet<string> {
  const users = new Map<string, Set<string>>();
  const inexact = new Set<string>();
  for (const [name, schema] of Object.entries(context.components)) {
    const { isExact } = downgradeSchema(schema, '', { ...context, inexact: new Set() });
    if (!isExact) inexact.add(name);
    for (const target of listReferences(schema)) {
      users.set(target, (users.get(target) ?? new Set()).add(name));
    }
  }
  // A set visits what is added to it on the way.
  for (const name of inexact) for (const user of users.get(name) ?? []) inexact.add(user);
  return inexact;
}

function listReferences(value: JsonValue): ReadonlySet<string> {
  const found = new Set<string>();
  const queue: JsonValue[] = [value];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const component = isJsonObject(next) ? componentOf(own(next, '$ref')) : undefined;
    if (component !== undefined) found.add(component);
    for (const member of Object.values(next)) queue.push(member);
  }
  return found;
}

/** Reference Objects have no siblings (OpenAPI 3.0.3 section 4.7.23). */
function bareReference(reference: Reference, pointer: string, losses: Loss[]): JsonObject {
  for (const keyword of Object.keys(reference).filter((key) => key !== '$ref')) {
    const reason = 'OpenAPI 3.0 allows nothing beside a reference';
    losses.push({ pointer: joinPointer(pointer, keyword), keyword, reason, effect: 'annotation' });
  }
  return { $ref: reference.$ref };
}

function downgradeInfo(info: JsonValue, losses: Loss[]): JsonValue {
  if (!isJsonObject(info)) return info;
  const renamed = renameMembers(info, '/info', ['summary'], losses);
  const { license } = renamed;
  if (!isJsonObject(license)) return renamed;
  return { ...renamed, license: renameMembers(license, '/info/license', ['identifier'], losses) };
}

function renameMembers(
  object: JsonObject,
  pointer: string,
  names: readonly string[],
  losses: Loss[],
): JsonObject {
  const entries = Object.entries(object).map(([keyword, value]): readonly [string, JsonValue] => {
    if (!names.includes(keyword)) return [keyword, value];
    const reason = `OpenAPI 3.0 has no ${keyword}; kept as x-${keyword}`;
    losses.push({ pointer: joinPointer(pointer, keyword), keyword, reason, effect: 'annotation' });
    return [`x-${keyword}`, value];
  });
  return Object.fromEntries(entries);
}

function schemasOf(document: JsonObject): JsonObject {
  const components = own(document, 'components');
  const schemas = isJsonObject(components) ? own(components, 'schemas') : undefined;
  return isJsonObject(schemas) ? schemas : {};
}
