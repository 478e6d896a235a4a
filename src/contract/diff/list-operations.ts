import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { OperationName } from './change.ts';
import { memberOf, resolveObject } from './differ.ts';
import type { Side } from './side.ts';

/** An Operation Object, and what its document says of it elsewhere. */
export interface DocumentOperation {
  readonly name: OperationName;
  readonly object: JsonObject;
  /** Those of the path first; the operation's own win (OpenAPI 3.1 section 4.8.9). */
  readonly parameters: readonly JsonValue[];
  readonly servers: JsonValue | undefined;
  /** True when the document's requirements hold for it. */
  readonly inheritsSecurity: boolean;
  readonly security: JsonValue | undefined;
}

/** An operation of each document; undefined where there is none. */
export interface OperationPair {
  readonly before: DocumentOperation | undefined;
  readonly after: DocumentOperation | undefined;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** The operations of a document. */
export function listOperations(document: JsonObject, side: Side): readonly DocumentOperation[] {
  const paths = memberOf(document, 'paths');
  return Object.entries(isJsonObject(paths) ? paths : {}).flatMap(([path, value]) => {
    const item = resolveObject(side, value);
    return methods.flatMap((method) => {
      const object = memberOf(item, method);
      return isJsonObject(object) ? [toOperation(document, path, method, item, object)] : [];
    });
  });
}

/** Pairs operations of the same path and method, then the others by operationId: those have moved. */
export function pairOperations(
  before: readonly DocumentOperation[],
  after: readonly DocumentOperation[],
): readonly OperationPair[] {
  const left = new Map(after.map((operation) => [toAddress(operation), operation]));
  const take = (operation: DocumentOperation | undefined): DocumentOperation | undefined => {
    if (operation !== undefined) left.delete(toAddress(operation));
    return operation;
  };
  const stayed = before.map((old) => ({ before: old, after: take(left.get(toAddress(old))) }));
  const byId = new Map([...left.values()].map((operation) => [operation.name.operationId, operation]));
  byId.delete('');
  const pairs = stayed.map((pair) => {
    if (pair.after !== undefined) return pair;
    const moved = take(byId.get(pair.before.name.operationId));
    if (moved !== undefined) byId.delete(moved.name.operationId);
    return { before: pair.before, after: moved };
  });
  return [...pairs, ...[...left.values()].map((added) => ({ before: undefined, after: added }))];
}

function toAddress({ name: { method, path } }: DocumentOperation): string {
  return `${method} ${path}`;
}

function toOperation(
  document: JsonObject,
  path: string,
  method: string,
  item: JsonObject,
  object: JsonObject,
): DocumentOperation {
  const id = memberOf(object, 'operationId');
  const security = memberOf(object, 'security');
  return {
    name: { operationId: typeof id === 'string' ? id : '', method, path },
    object,
    parameters: [...toItems(memberOf(item, 'parameters')), ...toItems(memberOf(object, 'parameters'))],
    servers: memberOf(object, 'servers') ?? memberOf(item, 'servers'),
    inheritsSecurity: security === undefined,
    security: security ?? memberOf(document, 'security'),
  };
}

function toItems(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
