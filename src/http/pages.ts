import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { Gateway } from '../gateway/gateway.ts';
import { isJsonObject } from '../json/value.ts';
import { packageRoot, packageVersion } from '../package.ts';
import { sendRepresentation, toRepresentation } from './representation.ts';

/**
 * Nothing but our own files runs; Swagger UI and Redoc set styles from scripts, and Redoc searches in a worker
 * that it makes from a blob.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the Swagger UI page at /docs and the Redoc page at /redoc; their files come with the package. */
export async function addPageRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  await app.register(fastifyStatic, {
    root: join(packageRoot, 'dist', 'assets'),
    prefix: '/docs/assets/',
    decorateReply: false,
    index: false,
    // The version is in the address, so a file at one address never changes.
    maxAge: '30d',
    immutable: true,
  });
  app.get('/', async (_request, reply) => reply.redirect('docs'));
  for (const { path, render } of [
    { path: '/docs', render: swaggerPage },
    { path: '/redoc', render: redocPage },
  ]) {
    app.get(path, async (request, reply) => {
      reply.header('content-security-policy', contentSecurityPolicy).header('x-frame-options', 'DENY');
      const html = toRepresentation('text/html; charset=utf-8', render(titleOf(gateway)));
      return await sendRepresentation(request, reply, html);
    });
  }
}

function titleOf(gateway: Gateway): string {
  const { info } = gateway.contract.document;
  return isJsonObject(info) && typeof info['title'] === 'string' ? info['title'] : 'API';
}

function swaggerPage(title: string): string {
  return page(title, {
    styles: ['swagger-ui/swagger-ui.css', 'pages/swagger.css'],
    scripts: ['swagger-ui/swagger-ui-bundle.js', 'pages/swagger.js'],
  });
}

function redocPage(title: string): string {
  return page(title, {
    styles: ['pages/redoc.css'],
    scripts: ['redoc/redoc.standalone.js', 'pages/redoc.js'],
  });
}

function page(
  title: string,
  files: { readonly styles: readonly string[]; readonly scripts: readonly string[] },
): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${address('pages/favicon.svg')}">
${files.styles.map((file) => `<link rel="stylesheet" href="${address(file)}">`).join('\n')}
</head>
<body>
<main id="page" data-document="openapi.json"><noscript>The document itself is at <a href="openapi.json">openapi.json</a>.</noscript></main>
${files.scripts.map((file) => `<script src="${address(file)}" defer></script>`).join('\n')}
</body>
</html>
`;
}

// Relative, so the pages work under any path that a proxy puts before them.
function address(file: string): string {
  return `docs/assets/${file}?v=${packageVersion}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
