import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.ts';
import { own, toObject } from '../../schema/own-property.ts';
import { joinPointer } from '../../schema/pointer.ts';
import type { Loss } from '../loss-report.ts';

/** The paths, whose operations name scopes of OAuth alone: other schemes have none (OpenAPI 3.0.3 section 4.7.30). */
export function downgradeSecurity(document: JsonObject, losses: Loss[]): JsonObject {
  const components = own(document, 'components');
  const schemes = isJsonObject(components) ? own(components, 'securitySchemes') : undefined;
  const hasScopes = (name: string): boolean => {
    const scheme = isJsonObject(schemes) ? own(schemes, name) : undefined;
    return isJsonObject(scheme) && (scheme['type'] === 'oauth2' || scheme['type'] === 'openIdConnect');
  };
  const paths = own(document, 'paths');
  return mapObjects(isJsonObject(paths) ? paths : {}, '/paths', (item, at) =>
    mapObjects(item, at, (operation, pointer) => {
      const { security } = operation;
      if (!Array.isArray(security)) return operation;
      const ways = security.map((way: JsonValue) => withoutRoles(way, hasScopes));
      if (JSON.stringify(ways) === JSON.stringify(security)) return operation;
      losses.push({
        pointer: joinPointer(pointer, 'security'),
        keyword: 'security',
        reason: 'OpenAPI 3.0 names scopes of OAuth and OpenID Connect alone',
        effect: 'annotation',
      });
      return { ...operation, security: unique(ways) };
    }),
  );
}

function mapObjects(
  object: JsonObject,
  pointer: string,
  map: (value: JsonObject, pointer: string) => JsonObject,
): JsonObject {
  return toObject(
    Object.entries(object).map(([key, value]) => [
      key,
      isJsonObject(value) ? map(value, joinPointer(pointer, key)) : value,
    ]),
  );
}

function withoutRoles(way: JsonValue, hasScopes: (scheme: string) => boolean): JsonValue {
  if (!isJsonObject(way)) return way;
  return toObject(Object.entries(way).map(([name, scopes]) => [name, hasScopes(name) ? scopes : []]));
}

function unique(ways: readonly JsonValue[]): readonly JsonValue[] {
  return [...new Map(ways.map((way) => [JSON.stringify(way), way])).values()];
}
