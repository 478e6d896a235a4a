import { toCanonicalYaml } from '../../contract/yaml.ts';
import { renderLlmsTxt } from '../agents/llms-txt.ts';
import { renderToolMarkdown } from '../agents/tool-markdown.ts';
import { renderChangelogPage } from '../changelog/render-changelog-page.ts';
import { renderIndexPage } from '../pages/render-index-page.ts';
import { renderRedocPage } from '../pages/render-redoc-page.ts';
import { siteAssets } from '../pages/site-assets.ts';
import { withCodeSamples } from '../samples/with-code-samples.ts';
import { createSiteContext, type SiteContext } from './site-context.ts';
import { renderSitemap } from './sitemap.ts';
import { listSiteTools } from './site-tool.ts';
import type { PublishedDocument, SiteContract, SiteFile, SiteOptions } from './site.ts';

/**
 * Makes the files of a documentation site, one at a time: of a large site, only one page is in memory at any moment. The
 * same contract and options make the same bytes. All links are relative: the site works from file:// and below any path.
 *
 * Needs the built package: the browser's files come from its dist/.
 *
 * @returns a generator; write what it yields with `writeSite`
 * @example
 * for (const { path, content } of buildSite(contract)) console.log(path, content.length);
 */
export function* buildSite(
  contract: SiteContract,
  options: SiteOptions = {},
): Generator<SiteFile, void, undefined> {
  const context = createSiteContext(contract, options);
  yield { path: '.nojekyll', content: '' };
  yield* siteAssets(context);
  yield* documents(context);
  for (const published of allDocuments(context)) {
    yield* renderRedocPage(context, published, withCodeSamples(published.document, options));
  }
  for (const published of allDocuments(context)) {
    if (published.server !== '' || contract.servers.length === 0) yield* markdown(context, published);
  }
  yield { path: context.map.llmsTxt, content: renderLlmsTxt(context) };
  if ((options.previous ?? []).length > 0) yield* renderChangelogPage(context);
  if (options.baseUrl !== undefined) {
    yield { path: 'sitemap.xml', content: renderSitemap(context, options.baseUrl) };
  }
  yield* renderIndexPage(context);
}

function* documents(context: SiteContext): Generator<SiteFile> {
  for (const published of allDocuments(context)) {
    const { server, json } = published;
    yield { path: context.map.documentOf(server, 'json'), content: json };
    yield { path: context.map.documentOf(server, 'yaml'), content: toCanonicalYaml(published) };
  }
}

function* markdown(context: SiteContext, published: PublishedDocument): Generator<SiteFile> {
  for (const tool of listSiteTools(published)) {
    yield { path: context.map.markdownOf(tool), content: renderToolMarkdown(tool, context, published) };
  }
}

function allDocuments({ contract }: SiteContext): readonly PublishedDocument[] {
  return [contract.merged, ...contract.servers];
}
