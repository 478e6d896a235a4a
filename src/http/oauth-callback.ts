import type { FastifyInstance } from 'fastify';
import { answerCallback } from '../upstream/oauth/callback-page.ts';
import type { OauthCallbacks } from '../upstream/oauth/oauth-callbacks.ts';

/** The route below; open without the API key, since it is a person's browser that comes, sent by another server. */
export const oauthCallbackPath = '/oauth/callback/:server';

/**
 * Takes the answers of authorization servers, for gateways that people cannot reach on this machine's loopback address.
 *
 * The query holds a code: it is passed on and neither logged nor shown.
 */
export function addOauthCallbackRoute(app: FastifyInstance, callbacks: OauthCallbacks): void {
  app.get<{ readonly Params: { readonly server: string } }>(
    oauthCallbackPath,
    // Link previews send HEAD, and must not use the code up.
    { exposeHeadRoute: false },
    async (request, reply) => {
      // The framework's own parser would make lists of what stands there twice.
      const { url } = request;
      const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
      const params = new URLSearchParams(query);
      const page = await answerCallback(callbacks.accept(request.params.server, params), params);
      return await reply.code(page.status).headers(page.headers).send(page.html);
    },
  );
}
