import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { Contract } from '../contract/contract.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { isJsonObject } from '../json/value.ts';
import { packageRoot } from '../package.ts';
import { sendRepresentation, toRepresentation, type Representation } from './representation.ts';

const pages = [
  {
    path: '/docs',
    label: 'Swagger UI',
    styles: ['swagger-ui/swagger-ui.css', 'pages/page.css', 'pages/swagger.css'],
    styleDigests: [],
    bundle: 'swagger-ui/swagger-ui-bundle.js',
    script: 'pages/swagger.js',
  },
  {
    path: '/redoc',
    label: 'Redoc',
    styles: ['pages/page.css', 'pages/redoc.css'],
    // Style elements that Redoc makes: empty ones, which it fills rule by rule, and one for scroll bars.
    styleDigests: [
      "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
      "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='",
    ],
    bundle: 'redoc/redoc.standalone.js',
    script: 'pages/redoc.js',
  },
] as const;

type Page = (typeof pages)[number];

/** Serves the Swagger UI page at /docs and the Redoc page at /redoc; their files come with the package. */
export async function addPageRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  const root = join(packageRoot, 'dist', 'assets');
  await app.register(fastifyStatic, {
    root,
    prefix: '/docs/assets/',
    decorateReply: false,
    index: false,
    preCompressed: true,
    // The build names the folder for what it holds, so a file at one address never changes.
    maxAge: '365d',
    immutable: true,
  });
  // Relative, so the pages work under any path that a proxy puts before them.
  const assets = `docs/assets/${folderIn(root)}`;
  app.get('/', async (_request, reply) => reply.redirect('docs'));
  for (const page of pages) {
    const rendered = new WeakMap<Contract, Representation>();
    app.get(page.path, async (request, reply) => {
      const { contract } = gateway;
      const html =
        rendered.get(contract) ??
        toRepresentation('text/html; charset=utf-8', render(page, contract, assets));
      rendered.set(contract, html);
      reply
        .header('content-security-policy', policyOf(page))
        .header('referrer-policy', 'no-referrer')
        .header('x-frame-options', 'DENY');
      return await sendRepresentation(request, reply, html);
    });
  }
}

/** The one folder; '' before the first build, when tools are served all the same. */
function folderIn(root: string): string {
  return (existsSync(root) ? readdirSync(root)[0] : undefined) ?? '';
}

/** Nothing but our own files runs, and nothing goes to another origin. */
function policyOf(page: Page): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    ["style-src 'self'", ...page.styleDigests].join(' '),
    // Images and sounds in a tool's answer are data URIs.
    "img-src 'self' data:",
    'media-src data:',
    "connect-src 'self'",
    // Redoc searches in a worker that it makes from a blob.
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function render(page: Page, contract: Contract, assets: string): string {
  const links = [
    ...pages.map(({ path, label }) => {
      const current = path === page.path ? ' aria-current="page"' : '';
      return `<a href="${path.slice(1)}"${current}>${label}</a>`;
    }),
    '<a href="openapi.json">openapi.json</a>',
    '<a href="openapi.yaml">openapi.yaml</a>',
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(titleOf(contract))} · ${page.label}</title>
<link rel="icon" type="image/svg+xml" href="${assets}/pages/favicon.svg">
${page.styles.map((file) => `<link rel="stylesheet" href="${assets}/${file}">`).join('\n')}
</head>
<body>
<header id="bar"><nav aria-label="Documentation">
<img src="${assets}/pages/favicon.svg" alt="" width="24" height="24">
${links.join('\n')}
</nav></header>
<div id="page"><noscript>This page needs JavaScript; the document itself is at <a href="openapi.json">openapi.json</a>.</noscript></div>
<script src="${assets}/${page.bundle}" defer></script>
<script src="${assets}/${page.script}" type="module"></script>
</body>
</html>
`;
}

function titleOf(contract: Contract): string {
  const { info } = contract.document;
  return isJsonObject(info) && typeof info['title'] === 'string' ? info['title'] : 'API';
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
