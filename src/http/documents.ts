import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PageRoutes } from './page-routes.ts';
import { forwardedPrefixOf, type Prefixes } from './prefixes.ts';
import { sendRepresentation } from './representation.ts';
import type { DocumentKey, ShownDocument } from './shown-documents.ts';
import { varyWith } from './vary.ts';
import { seenFor, type SeenBy } from './visibility.ts';

/** Serves documents in their form's canonical bytes: openapi.json and openapi.yaml (RFC 9512), of all servers and of each. */
export function addDocumentRoutes(
  pages: PageRoutes,
  documentOf: (key: DocumentKey) => ShownDocument,
  prefixes: Prefixes,
  seenBy: SeenBy | undefined,
): void {
  const add = (path: '/openapi.json' | '/openapi.yaml', form: 'json' | 'yaml'): void => {
    pages.add(path, async (request: FastifyRequest, reply: FastifyReply, server: string) => {
      if (prefixes.trustProxy) reply.header('vary', varyWith(reply.getHeader('vary'), 'x-forwarded-prefix'));
      const seen = seenFor(request, reply, seenBy);
      const shown = documentOf({ server, forwardedPrefix: forwardedPrefixOf(request, prefixes), seen });
      return await sendRepresentation(request, reply, shown[form]);
    });
  };
  add('/openapi.json', 'json');
  add('/openapi.yaml', 'yaml');
}
