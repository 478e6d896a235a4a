import { listSiteTools, type SiteTool } from './site-tool.ts';
import type { PublishedDocument, SiteContract } from './site.ts';
import { toSlugs } from './slugs.ts';

/** Where things are in a site: paths relative to its folder, with slashes. */
export interface SiteMap {
  readonly index: 'index.html';
  readonly llmsTxt: 'llms.txt';
  /** There only when earlier documents are known. */
  readonly changelog: 'changelog.html';
  /** The Redoc page of a server; that of all of them for ''. */
  pageOf(server: string): string;
  /** The document beside it. */
  documentOf(server: string, format: 'json' | 'yaml'): string;
  /** The Markdown of a tool, as it is listed for its server or among all. */
  markdownOf(tool: SiteTool): string;
}

/** Folders of the site itself, which no server may have. */
const reserved = new Set(['assets', 'tools', 'all', 'llms', 'index', 'redoc', 'openapi', 'changelog']);

/** @throws Error where something is asked for that is not in the contract */
export function createSiteMap(contract: SiteContract): SiteMap {
  const folders = toSlugs(
    contract.servers.map(({ server }) => server),
    reserved,
  );
  const markdown = new Map<string, string>();
  for (const document of described(contract)) {
    const folder = document.server === '' ? 'tools' : `tools/${slugIn(folders, document.server)}`;
    const tools = listSiteTools(document);
    // A server that has no document of its own stands in the file's name.
    const toTitle = (tool: SiteTool): string =>
      tool.server === document.server ? tool.name : `${tool.server}-${tool.name}`;
    const slugs = toSlugs(tools.map(toTitle));
    for (const tool of tools)
      markdown.set(toKey(tool.server, tool.name), `${folder}/${slugIn(slugs, toTitle(tool))}.md`);
  }
  const folderOf = (server: string): string => (server === '' ? '' : `${slugIn(folders, server)}/`);
  return {
    index: 'index.html',
    llmsTxt: 'llms.txt',
    changelog: 'changelog.html',
    pageOf: (server) => (server === '' ? 'redoc.html' : `${folderOf(server)}index.html`),
    documentOf: (server, format) => `${folderOf(server)}openapi.${format}`,
    markdownOf: ({ server, name }) => slugIn(markdown, toKey(server, name)),
  };
}

/** Every tool of a contract once, server by server, each as the document of its server has it. */
export function listContractTools(contract: SiteContract): readonly SiteTool[] {
  return described(contract).flatMap(listSiteTools);
}

/** The documents that between them hold every tool once. */
function described({ merged, servers }: SiteContract): readonly PublishedDocument[] {
  return servers.length === 0 ? [merged] : servers;
}

function toKey(server: string, name: string): string {
  return `${server}\0${name}`;
}

function slugIn(slugs: ReadonlyMap<string, string>, name: string): string {
  const slug = slugs.get(name);
  if (slug === undefined) throw new Error(`there is no '${name}' in this site`);
  return slug;
}
