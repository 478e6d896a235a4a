import { isJsonObject, type JsonObject } from '../../json/value.ts';
import { markup, type Markup } from '../html/markup.ts';
import type { SiteContext } from '../site/site-context.ts';
import { toHref } from '../site/site-links.ts';
import { listSiteTools, type SiteTool } from '../site/site-tool.ts';
import type { SiteFile } from '../site/site.ts';
import { createAnchors, toFragment } from './operation-anchor.ts';
import { toText } from './operation-markup.ts';
import { nameReordering, toOneLine } from './shown-text.ts';
import { logoPath } from './site-assets.ts';
import { renderFrame } from './site-frame.ts';
import { toSearchScript } from './search-script.ts';

const searchPath = 'search.js';

/** The first page: all servers and tools, with a search where scripts run. */
export function* renderIndexPage(context: SiteContext): Generator<SiteFile> {
  const { contract, options, map, title, tools } = context;
  const path = map.index;
  const hrefs = toToolHrefs(context);
  const { info } = contract.merged.document;
  const description =
    isJsonObject(info) && typeof info['description'] === 'string' ? info['description'] : '';
  const count = tools.length === 1 ? 'One tool' : `${tools.length} tools`;
  const { servers } = contract;
  const of =
    servers.length === 0 ? '' : servers.length === 1 ? ' of one server' : ` of ${servers.length} servers`;
  yield {
    path,
    content: renderFrame(context, {
      path,
      title,
      description: toOneLine(description || `${count}${of}`, 160),
      links: [
        { label: servers.length === 0 ? 'Reference' : 'All in one page', to: map.pageOf('') },
        ...(options.previous === undefined || options.previous.length === 0
          ? []
          : [{ label: 'Changelog', to: map.changelog }]),
        { label: 'openapi.json', to: map.documentOf('', 'json') },
        { label: 'openapi.yaml', to: map.documentOf('', 'yaml') },
        { label: 'llms.txt', to: map.llmsTxt },
      ],
      scripts: ['index-page.js'],
      main: markup`<header class="about hero">
<h1><img src="${toHref(path, logoPath(options))}" alt="" width="44" height="44"><bdi>${title}</bdi></h1>
<p class="soft">${count}${of}, as REST operations and for agents</p>
${toText(description.slice(0, 20_000))}</header>
${toMissing(context)}<form id="search-form" role="search" hidden>
<label for="search">Search the tools</label>
<div class="field"><input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="Name, description or argument" data-tools="${searchPath}" aria-describedby="search-help" aria-controls="found"><kbd id="search-help" title="Press / to search">/</kbd></div>
</form>
<section id="found" aria-label="Found tools" hidden><p id="found-status" role="status"></p><ol id="found-items" class="tools"></ol></section>
<div id="listing"${servers.length > 3 ? markup` class="columns"` : undefined}>
${servers.length > 3 ? toServerList(context) : undefined}<div class="servers-listed">
${toListing(context, hrefs)}</div>
</div>
`,
    }),
  };
  yield { path: searchPath, content: toSearchScript(context.tools, (tool) => hrefs(tool)) };
}

/** Where a tool is on the Redoc page of its server. */
function toToolHrefs({ contract, map }: SiteContext): (tool: SiteTool) => string {
  const described = contract.servers.length === 0 ? [contract.merged] : contract.servers;
  const places = new Map(
    described.map((published) => [
      published.server,
      {
        page: map.pageOf(published.server),
        anchors: createAnchors(published.document, listSiteTools(published)),
      },
    ]),
  );
  return (tool) => {
    const place = places.get(tool.server) ?? places.get('');
    return place === undefined
      ? map.pageOf('')
      : `${toHref(map.index, place.page)}#${toFragment(place.anchors.of(tool))}`;
  };
}

function toMissing({ contract }: SiteContext): Markup | undefined {
  if (contract.missing.length === 0) return undefined;
  return markup`<section class="missing" aria-labelledby="missing"><h2 id="missing">Not in these pages</h2>
<ul class="plain">
${contract.missing.map(
  ({
    server,
    reason,
  }) => markup`<li><strong><bdi>${server}</bdi></strong> <span dir="auto">${nameReordering(reason.slice(0, 1_000))}</span></li>
`,
)}</ul></section>
`;
}

function toServerList({ contract, tools }: SiteContext): Markup {
  const counts = countByServer(tools);
  return markup`<nav class="contents" aria-label="Servers"><h2>Servers</h2>
<ul>
${contract.servers.map(
  ({ server }, at) =>
    markup`<li><a href="#server-${at}"><bdi>${server}</bdi></a> <span class="soft">${counts.get(server) ?? 0}</span></li>
`,
)}</ul></nav>
`;
}

function toListing(context: SiteContext, hrefs: (tool: SiteTool) => string): Markup | readonly Markup[] {
  const { contract, tools, map } = context;
  const list = (listed: readonly SiteTool[]): Markup => markup`<ul class="tools">
${listed.map(
  (tool) =>
    markup`<li class="tool"><a href="${hrefs(tool)}"><bdi>${nameReordering(tool.name)}</bdi></a><p dir="auto">${toLine(tool)}</p></li>
`,
)}</ul>
`;
  if (contract.servers.length === 0) {
    return markup`<section class="server" aria-labelledby="tools"><h2 id="tools">Tools</h2>
${list(tools)}</section>
`;
  }
  const byServer = new Map<string, SiteTool[]>(contract.servers.map(({ server }) => [server, []]));
  for (const tool of tools) byServer.get(tool.server)?.push(tool);
  return contract.servers.map(({ server, document }, at) => {
    const about = aboutOf(document);
    return markup`<section class="server" id="server-${at}" aria-labelledby="server-${at}-name">
<header><h2 id="server-${at}-name"><a href="${toHref(map.index, map.pageOf(server))}"><bdi>${server}</bdi></a></h2>
<p class="files"><a href="${toHref(map.index, map.documentOf(server, 'json'))}" aria-label="openapi.json of ${server}">openapi.json</a> <a href="${toHref(map.index, map.documentOf(server, 'yaml'))}" aria-label="openapi.yaml of ${server}">openapi.yaml</a></p></header>
${
  about === ''
    ? undefined
    : markup`<p class="soft" dir="auto">${about}</p>
`
}${list(byServer.get(server) ?? [])}</section>
`;
  });
}

/** A tool without a description has a summary at least. */
function toLine({ description, summary, name }: SiteTool): string {
  return toOneLine(description || (summary === name ? '' : summary), 160);
}

function aboutOf({ info }: JsonObject): string {
  return isJsonObject(info) && typeof info['description'] === 'string'
    ? toOneLine(info['description'], 200)
    : '';
}

function countByServer(tools: readonly SiteTool[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { server } of tools) counts.set(server, (counts.get(server) ?? 0) + 1);
  return counts;
}
