import type { JsonObject } from '../../src/json/value.ts';

/** What a consumer reads of one operation. */
export interface DocumentOperation {
  readonly operationId: string;
  readonly path: string;
  readonly server: string;
  readonly tool: string;
  readonly description: string;
  readonly schema: JsonObject;
  /** Undefined when the document shows none. */
  readonly example: JsonObject | undefined;
}

interface DocumentShape {
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly post: {
          readonly operationId: string;
          readonly description?: string;
          readonly requestBody: {
            readonly content: {
              readonly 'application/json': { readonly schema: JsonObject; readonly example?: JsonObject };
            };
          };
          readonly 'x-mcp-tool': string;
          readonly 'x-mcp-server'?: string;
        };
      }
    >
  >;
}

/** The operations of a document, in its order. */
export function documentOperations(text: string): readonly DocumentOperation[] {
  // Our own documents have this shape; one that has not fails the tests.
  const { paths } = JSON.parse(text) as DocumentShape;
  return Object.entries(paths).map(([path, { post }]) => {
    const { schema, example } = post.requestBody.content['application/json'];
    return {
      operationId: post.operationId,
      path,
      server: post['x-mcp-server'] ?? '',
      tool: post['x-mcp-tool'],
      description: post.description ?? '',
      schema,
      example,
    };
  });
}
