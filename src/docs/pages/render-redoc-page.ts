import { isJsonObject, type JsonObject } from '../../json/value.ts';
import { markup, type Markup } from '../html/markup.ts';
import type { SiteContext } from '../site/site-context.ts';
import { toHref } from '../site/site-links.ts';
import { listSiteTools, type SiteTool } from '../site/site-tool.ts';
import type { PublishedDocument, SiteFile } from '../site/site.ts';
import { createAnchors, toFragment, type Anchors } from './operation-anchor.ts';
import { toErrors, toOperation, toText } from './operation-markup.ts';
import { toDocumentScript, toRedocDocument } from './redoc-document.ts';
import { toOneLine } from './shown-text.ts';
import { renderFrame } from './site-frame.ts';

/** With more operations Redoc draws for seconds in which nothing moves: it is there for who asks for it. */
const maxDrawnAtOnce = 150;
/** With more, a page of all servers tells of each tool in short, and leads to its server's page. */
const maxTold = 400;
const maxDescription = 1_100_000;

/**
 * The page of one document: every operation as HTML, and Redoc in its place when it is ready. Without scripts, and where
 * Redoc cannot start, the HTML stays; both have the same ids.
 *
 * @param shown the document with its code samples
 */
export function* renderRedocPage(
  context: SiteContext,
  published: PublishedDocument,
  shown: JsonObject,
): Generator<SiteFile> {
  const { map, title, contract } = context;
  const { server, document } = published;
  const path = map.pageOf(server);
  const tools = listSiteTools(published);
  const anchors = createAnchors(document, tools);
  const script = path.replace(/[^/]+$/, server === '' ? 'redoc-document.js' : 'document.js');
  const name = server === '' ? (contract.servers.length > 0 ? 'All servers' : 'Reference') : server;
  const info = isJsonObject(document['info']) ? document['info'] : {};
  yield {
    path,
    content: renderFrame(context, {
      path,
      title: `${name} · ${title}`,
      description: toOneLine(textIn(info, 'description') || `${tools.length} tools of ${name}`, 160),
      crumb: name,
      links: [
        { label: 'openapi.json', to: map.documentOf(server, 'json') },
        { label: 'openapi.yaml', to: map.documentOf(server, 'yaml') },
      ],
      scripts: ['redoc-page.js'],
      nav: toServers(context, server, path),
      main: markup`${tools.length > maxDrawnAtOnce ? toOpener(tools.length) : undefined}<div id="redoc" data-bundle="${toHref(path, 'assets/redoc.standalone.js')}" data-document="${toHref(path, script)}"></div>
<div id="plain">
${toHead(server === '' && contract.servers.length > 0 ? title : textIn(info, 'title') || name, info, tools.length)}
<div class="columns">
${toContents(tools, anchors)}
<div class="operations">
${toOperations({ context, published, shown, path, tools, anchors })}${toErrors(document, tools)}</div>
</div>
</div>
`,
    }),
  };
  yield { path: script, content: toDocumentScript(toRedocDocument(shown, tools, anchors)) };
}

function toOpener(count: number): Markup {
  // Redoc took 4 s for 125 operations and 37 s for 1,000.
  const seconds = Math.ceil(count / 30);
  return markup`<div id="open-redoc" hidden><p>Redoc can show this page with code samples in several languages. With ${count} operations it takes about ${seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}, in which nothing moves.</p>
<button type="button">Open in Redoc</button> <span role="status"></span></div>
`;
}

/** Few servers stand in a row; many are behind one word. */
function toServers({ contract, map }: SiteContext, current: string, path: string): Markup | undefined {
  if (contract.servers.length === 0) return undefined;
  const all = ['', ...contract.servers.map(({ server }) => server)];
  const links = all.map(
    (server) =>
      markup`<a href="${toHref(path, map.pageOf(server))}"${
        server === current ? markup` aria-current="page"` : undefined
      }><bdi>${server === '' ? 'All servers' : server}</bdi></a>
`,
  );
  const nav = markup`<nav class="servers" aria-label="Servers">
${links}</nav>
`;
  return all.length <= 12
    ? nav
    : markup`<details class="servers-box"><summary>${all.length - 1} servers</summary>
${nav}</details>
`;
}

function toHead(title: string, info: JsonObject, count: number): Markup {
  const version = textIn(info, 'version');
  return markup`<header class="about"><h1><bdi>${title}</bdi></h1>
<p class="soft">${count === 1 ? 'One tool' : `${count} tools`}${version === '' ? undefined : markup` · version <bdi>${version}</bdi>`}</p>
${toText(textIn(info, 'description'))}</header>`;
}

function toContents(tools: readonly SiteTool[], anchors: Anchors): Markup {
  return markup`<nav class="contents" aria-label="Tools on this page"><h2>Tools</h2>
<ul>
${tools.map(
  (tool) => markup`<li><a href="#${toFragment(anchors.of(tool))}"><bdi>${tool.summary}</bdi></a></li>
`,
)}</ul></nav>`;
}

interface Listing {
  readonly context: SiteContext;
  readonly published: PublishedDocument;
  readonly shown: JsonObject;
  readonly path: string;
  readonly tools: readonly SiteTool[];
  readonly anchors: Anchors;
}

function toOperations({ context, published, shown, path, tools, anchors }: Listing): readonly Markup[] {
  const { contract, map } = context;
  const isMerged = published.server === '' && contract.servers.length > 0;
  const isFull = !isMerged || tools.length <= maxTold;
  const paths = isJsonObject(shown['paths']) ? shown['paths'] : {};
  const byTag = new Map<string, SiteTool[]>();
  for (const tool of tools) {
    const slug = anchors.tagOf(tool.operation) ?? '';
    const list = byTag.get(slug);
    if (list === undefined) byTag.set(slug, [tool]);
    else list.push(tool);
  }
  const names = new Map(anchors.tags.map(({ slug, name }) => [slug, name]));
  const order = ['', ...names.keys()].filter((slug) => byTag.has(slug));
  const toArticle = (tool: SiteTool): Markup => {
    const item = paths[tool.path];
    const operation = isJsonObject(item) ? item[tool.method] : undefined;
    return toOperation(tool, {
      document: published.document,
      id: anchors.of(tool),
      shown: isJsonObject(operation) ? operation : {},
      markdown: toHref(path, map.markdownOf(tool)),
      maxDescription: isFull ? maxDescription : 600,
      isFull,
      fullHref: isFull ? undefined : toHref(path, map.pageOf(tool.server)),
    });
  };
  return order.map((slug) => {
    const articles = (byTag.get(slug) ?? []).map(toArticle);
    const name = names.get(slug);
    return name === undefined
      ? markup`<section class="group" aria-label="Tools">
${articles}</section>
`
      : markup`<section class="group" id="tag/${slug}" aria-labelledby="name/${slug}"><h2 id="name/${slug}"><bdi>${name}</bdi></h2>
${articles}</section>
`;
  });
}

function textIn(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}
