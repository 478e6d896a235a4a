import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { Gateway } from '../gateway/gateway.ts';
import { isJsonObject, type JsonObject } from '../json/value.ts';
import { packageRoot } from '../package.ts';
import { renderPage, type PageKind, type Sibling } from './page-html.ts';
import type { PageRoutes } from './page-routes.ts';
import type { Prefixes } from './prefixes.ts';
import { redirectBelow } from './redirect.ts';
import { sendRepresentation, toRepresentation, type Representation } from './representation.ts';
import type { DocumentKey, ShownDocument } from './shown-documents.ts';

const kinds = [
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
] as const satisfies ReadonlyArray<PageKind & { readonly styleDigests: readonly string[] }>;

/** What the pages are made from. */
export interface PagesOptions {
  readonly gateway: Gateway;
  readonly pages: PageRoutes;
  readonly documentOf: (key: DocumentKey) => ShownDocument;
  readonly prefixes: Prefixes;
}

/** Serves the Swagger UI page at docs and the Redoc page at redoc; their files come with the package. */
export async function addPageRoutes(app: FastifyInstance, options: PagesOptions): Promise<void> {
  const { gateway, pages, documentOf, prefixes } = options;
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
  const assets = `docs/assets/${folderIn(root)}`;
  const kept = createCache(gateway);
  pages.add('/', async (request, reply, server) => {
    const mount = gateway.mounts.get(server) ?? '';
    return redirectBelow(request, reply, prefixes, { mount, page: 'docs' });
  });
  for (const kind of kinds) {
    const policy = policyOf(kind.styleDigests);
    pages.add(kind.path, async (request, reply, server) => {
      const html = kept(`${kind.path} ${server}`, () =>
        renderPage(kind, {
          title: titleOf(documentOf({ server }).document),
          assets: server === '' ? assets : `../${assets}`,
          kinds,
          siblings: siblingsOf(gateway, kind, server),
        }),
      );
      reply
        .header('content-security-policy', policy)
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

/** Keeps what was rendered until the servers, or what they list, are others. */
function createCache(gateway: Gateway): (key: string, render: () => string) => Representation {
  let [servers, sources] = [gateway.servers, gateway.sources];
  const kept = new Map<string, Representation>();
  return (key, render) => {
    if (servers !== gateway.servers || sources !== gateway.sources) kept.clear();
    [servers, sources] = [gateway.servers, gateway.sources];
    const page = kept.get(key) ?? toRepresentation('text/html; charset=utf-8', render());
    kept.set(key, page);
    return page;
  };
}

/** The same page of all servers and of each, as seen from one of them. */
function siblingsOf(gateway: Gateway, { path }: PageKind, current: string): readonly Sibling[] {
  const { mounts } = gateway;
  if (mounts.has('')) return [];
  const up = current === '' ? '.' : '..';
  const servers = [...mounts].map(([name, mount]) => ({
    label: name,
    href: gateway.findUnknown(name) === undefined ? `${up}${mount}${path}` : undefined,
    isCurrent: name === current,
  }));
  return [{ label: 'All servers', href: `${up}${path}`, isCurrent: current === '' }, ...servers];
}

function titleOf({ info }: JsonObject): string {
  return isJsonObject(info) && typeof info['title'] === 'string' ? info['title'] : 'API';
}

/** Nothing but our own files runs, and nothing goes to another origin. */
function policyOf(styleDigests: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    ["style-src 'self'", ...styleDigests].join(' '),
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
