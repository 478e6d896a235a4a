import { isJsonObject } from '../../../../src/json/value.ts';

/**
 * A tool's inputSchema whose property `value` has the suite's schema, meaning what it means alone.
 *
 * As a resource of its own, its references stay as they are. Up to draft-07 `$id` beside `$ref` says nothing,
 * so there the pointers are moved instead.
 */
export function toToolSchema(schema: unknown, uri: string): unknown {
  return { $schema: uri, type: 'object', properties: { value: toResource(schema, uri) } };
}

function toResource(schema: unknown, uri: string): unknown {
  if (!isJsonObject(schema)) return schema;
  const isOld = uri.includes('/draft-0');
  if (isOld && typeof schema['$ref'] === 'string') return movePointers(schema);
  const keyword = uri.includes('draft-04') ? 'id' : '$id';
  return { [keyword]: 'https://suite.example/group.json', ...schema };
}

function movePointers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(movePointers);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const isLocal = key === '$ref' && typeof member === 'string' && member.startsWith('#');
      return [key, isLocal ? `#/properties/value${member.slice(1)}` : movePointers(member)];
    }),
  );
}
