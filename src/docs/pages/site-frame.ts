import { markup, type Markup } from '../html/markup.ts';
import type { SiteContext } from '../site/site-context.ts';
import { toHref, toPublicUrl } from '../site/site-links.ts';
import { redocStyles } from './redoc-styles.ts';
import { logoPath } from './site-assets.ts';

/** A page of the site: what stands between its bar and its foot. */
export interface SitePage {
  /** Relative to the site's folder. */
  readonly path: string;
  readonly title: string;
  /** For search engines. */
  readonly description: string;
  /** What is above this page: the index needs none. */
  readonly crumb?: string;
  /** In the bar. */
  readonly links: ReadonlyArray<{ readonly label: string; readonly to: string }>;
  /** Files of assets/, after those of every page. */
  readonly styles?: readonly string[];
  readonly scripts: readonly string[];
  /** Below the bar, before the main part. */
  readonly nav?: Markup | undefined;
  readonly main: Markup;
}

/**
 * Nothing but the site's own files is run, drawn or asked for. Of a file, 'self' is every file; pages that are opened from
 * a folder have no origin that could be narrower.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  ["style-src 'self'", ...redocStyles].join(' '),
  "img-src 'self' data:",
  // Redoc searches in a worker that it makes from a blob.
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The whole page: it shows everything without scripts, and loads nothing from outside the site. */
export function renderFrame(context: SiteContext, page: SitePage): string {
  const { options, map, title } = context;
  const href = (to: string): string => toHref(page.path, to);
  const logo = href(logoPath(options));
  const canonical =
    options.baseUrl === undefined
      ? undefined
      : markup`<link rel="canonical" href="${toPublicUrl(options.baseUrl, page.path)}">
`;
  const links = page.links.map(
    ({ label, to }) => markup`<a href="${href(to)}">${label}</a>
`,
  );
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="description" content="${page.description}">
<title>${page.title}</title>
${canonical}<link rel="icon" href="${logo}">
<link rel="stylesheet" href="${href('assets/site.css')}">
<link rel="stylesheet" href="${href('assets/colors.css')}">
${page.styles?.map(
  (name) => markup`<link rel="stylesheet" href="${href(`assets/${name}`)}">
`,
)}<script src="${href('assets/theme.js')}"></script>
${page.scripts.map(
  (name) => markup`<script src="${href(`assets/${name}`)}" defer></script>
`,
)}</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header id="bar">
<nav class="crumbs" aria-label="You are here"><a class="home" href="${href(map.index)}"><img src="${logo}" alt="" width="26" height="26"><bdi>${title}</bdi></a>${
    page.crumb === undefined
      ? undefined
      : markup` <span aria-hidden="true">/</span> <bdi aria-current="page">${page.crumb}</bdi>`
  }</nav>
<nav class="links" aria-label="Documents">
${links}</nav>
<button id="theme" type="button" aria-pressed="false" aria-label="Dark page" title="Light or dark" hidden><svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true"><circle cx="10" cy="10" r="7.25" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M10 2.75a7.25 7.25 0 0 1 0 14.5z" fill="currentColor"/></svg></button>
</header>
${page.nav}<main id="main" tabindex="-1">
${page.main}</main>
<footer>${
    options.footer === undefined
      ? undefined
      : markup`<p dir="auto">${options.footer}</p>
`
  }<p>Made by mcpo-docs from the tools that the servers list.</p></footer>
</body>
</html>
`.text;
}
