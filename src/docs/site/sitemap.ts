import type { SiteContext } from './site-context.ts';
import { toPublicUrl } from './site-links.ts';

/** sitemap.xml of the pages that people read (sitemaps.org, protocol 0.9); it takes no more than 50,000 of them. */
export function renderSitemap({ contract, map, options }: SiteContext, baseUrl: string): string {
  const hasChangelog = (options.previous ?? []).length > 0;
  const pages = [
    map.index,
    map.pageOf(''),
    ...contract.servers.map(({ server }) => map.pageOf(server)),
    ...(hasChangelog ? [map.changelog] : []),
  ];
  const entries = pages
    .slice(0, 50_000)
    .map((page) => `  <url><loc>${toXml(toPublicUrl(baseUrl, page))}</loc></url>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ...entries,
    '</urlset>',
    '',
  ].join('\n');
}

function toXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll("'", '&apos;')
    .replaceAll('"', '&quot;');
}
