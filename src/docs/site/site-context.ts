import { createSiteMap, listContractTools, type SiteMap } from './site-map.ts';
import type { SiteTool } from './site-tool.ts';
import type { SiteContract, SiteOptions } from './site.ts';

/** What every page of a site may need. */
export interface SiteContext {
  readonly contract: SiteContract;
  readonly options: SiteOptions;
  readonly map: SiteMap;
  /** Every tool once, server by server. */
  readonly tools: readonly SiteTool[];
  /** Of the site: as the options say, else of the document. */
  readonly title: string;
}

/** @throws Error when the contract names a server that its documents do not have */
export function createSiteContext(contract: SiteContract, options: SiteOptions): SiteContext {
  return {
    contract,
    options,
    map: createSiteMap(contract),
    tools: listContractTools(contract),
    title: options.title ?? titleOf(contract),
  };
}

function titleOf({ merged }: SiteContract): string {
  const { info } = merged.document;
  const title = typeof info === 'object' && info !== null && 'title' in info ? info.title : undefined;
  return typeof title === 'string' && title.trim() !== '' ? title : 'MCP tools';
}
