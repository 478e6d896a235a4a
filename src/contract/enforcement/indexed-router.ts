import {
  OpenAPIRouter,
  type Document,
  type Operation as RoutedOperation,
  type Request,
} from 'openapi-backend';
import type { JsonObject } from '../../json/value.ts';
import { toOperations } from '../document/document-operations.ts';
import type { Match, Operation } from '../contract.ts';
import { findNearest } from './nearest.ts';
import { normalizePath } from '../document/operation-path.ts';

/**
 * openapi-backend's router with its answers prepared: what it flattens, filters and builds regular expressions for on
 * each request is done once, and a match is one or two map lookups.
 */
export class IndexedRouter extends OpenAPIRouter {
  readonly operations: readonly Operation[];
  readonly #routed: RoutedOperation[];
  readonly #byPath: ReadonlyMap<string, Operation>;
  readonly #byId: ReadonlyMap<string, RoutedOperation>;
  /** What a path is compared with → how it is named in answers: a tool by its name, or by its path below a server. */
  readonly #names: ReadonlyMap<string, string>;
  readonly #allow: readonly string[] = Object.freeze(['OPTIONS', 'POST']);

  /** @param document frozen; each path item holds one `post` */
  constructor(document: JsonObject) {
    // The base class reads the document as plain data, which its type does not say.
    super({ definition: document as unknown as Document, ignoreTrailingSlashes: false });
    this.operations = Object.freeze(toOperations(document));
    this.#routed = super.getOperations();
    this.#byPath = new Map(this.operations.map((operation) => [operation.path, operation]));
    this.#byId = new Map(this.#routed.map((routed) => [routed.operationId ?? '', routed]));
    this.#names = new Map(
      this.operations.map(({ server, tool, path }) =>
        server === '' ? [tool, tool] : [`${server}/${tool}`, path],
      ),
    );
  }

  /** Finds the operation for an upper-case method and a raw URL path (RFC 9110 section 9.1: methods are case-sensitive). */
  match(method: string, path: string): Match {
    const operation = this.#byPath.get(path) ?? this.#byPath.get(normalizePath(path) ?? '');
    if (operation === undefined) {
      const nearest = (): readonly string[] => this.#findNearest(path);
      return {
        kind: 'unknown',
        // Not every reader asks, and among thousands of tools it takes milliseconds.
        get nearest() {
          return nearest();
        },
      };
    }
    return method === 'POST'
      ? { kind: 'operation', operation }
      : { kind: 'wrong_method', allow: this.#allow };
  }

  override matchOperation(request: Request, isStrict?: boolean): RoutedOperation {
    const match = this.match(request.method.toUpperCase(), request.path.split('?', 1)[0] ?? '');
    const routed = match.kind === 'operation' ? this.#byId.get(match.operation.operationId) : undefined;
    if (routed !== undefined) return routed;
    if (isStrict === true && match.kind === 'wrong_method') throw new Error('405-methodNotAllowed');
    if (isStrict === true) throw new Error('404-notFound');
    // The base class declares this overload to return an operation, and returns undefined all the same.
    return undefined as unknown as RoutedOperation;
  }

  override getOperations(): RoutedOperation[] {
    return this.#routed;
  }

  override getOperation(operationId: string): RoutedOperation | undefined {
    return this.#byId.get(operationId);
  }

  #findNearest(path: string): readonly string[] {
    return findNearest(path, [...this.#names.keys()]).map((name) => this.#names.get(name) ?? name);
  }
}
