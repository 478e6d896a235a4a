import { markup, type Markup } from '../docs/html/markup.ts';

/** A page that shows a document: what it is made of. */
export interface PageKind {
  readonly path: '/docs' | '/redoc';
  readonly label: string;
  readonly styles: readonly string[];
  readonly bundle: string;
  readonly script: string;
}

/** What one page of that kind shows. */
export interface PageContent {
  readonly title: string;
  /** Where the gateway is; relative, like every address of a page, so that it works under any path of a proxy's. */
  readonly root: string;
  /** Below the root. */
  readonly assets: string;
  /** All kinds, for the links between them. */
  readonly kinds: readonly PageKind[];
  /** The pages of the same kind of all servers and of each; none when there is only one. */
  readonly siblings: readonly Sibling[];
}

/** The page of other servers, or this one. */
export interface Sibling {
  readonly label: string;
  /** Undefined while nothing is known of the server's tools. */
  readonly href?: string | undefined;
  readonly isCurrent: boolean;
}

/** What every page has around its own content. */
export interface Shell {
  readonly title: string;
  readonly root: string;
  readonly assets: string;
  readonly styles: readonly string[];
  readonly scripts: readonly Markup[];
  readonly links: readonly Sibling[];
  readonly siblings: readonly Sibling[];
  readonly main: Markup;
}

/** Renders a page of a document; the document itself is fetched by its script. */
export function renderPage(kind: PageKind, { title, root, assets, kinds, siblings }: PageContent): string {
  const script = (file: string): string => `${root}${assets}/${file}`;
  return renderShell({
    title: `${title} · ${kind.label}`,
    root,
    assets,
    styles: kind.styles,
    scripts: [
      markup`<script src="${script(kind.bundle)}" defer></script>`,
      markup`<script src="${script(kind.script)}" type="module"></script>`,
    ],
    links: [
      { label: 'Overview', href: './', isCurrent: false },
      ...kinds.map(({ path, label }) => ({
        label,
        href: path.slice(1),
        isCurrent: path === kind.path,
      })),
      { label: 'openapi.json', href: 'openapi.json', isCurrent: false },
      { label: 'openapi.yaml', href: 'openapi.yaml', isCurrent: false },
    ],
    siblings,
    main: markup`<main id="page" aria-label="${kind.label}"><p class="wait">Loading…</p><noscript>This page needs JavaScript; the document itself is at <a href="openapi.json">openapi.json</a>.</noscript></main>`,
  });
}

/** Renders what is around the content of a page. */
export function renderShell(shell: Shell): string {
  const { title, root, assets, styles, scripts, links, siblings, main } = shell;
  const at = (file: string): string => `${root}${assets}/${file}`;
  return markup`<!doctype html>
<html lang="en" data-root="${root}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" type="image/svg+xml" href="${at('pages/favicon.svg')}">
${styles.map((file) => markup`<link rel="stylesheet" href="${at(file)}">\n`)}</head>
<body>
<header id="bar"><nav aria-label="Documentation">
<img src="${at('pages/favicon.svg')}" alt="" width="24" height="24">
${links.map(toLink)}</nav>${toServersNav(siblings)}</header>
${main}
${scripts}
</body>
</html>
`.text;
}

function toServersNav(siblings: readonly Sibling[]): Markup {
  if (siblings.length === 0) return markup``;
  return markup`\n<nav id="servers" aria-label="Servers">\n${siblings.map(toLink)}</nav>`;
}

function toLink({ label, href, isCurrent }: Sibling): Markup {
  const name = markup`<bdi>${label}</bdi>`;
  if (href === undefined) return markup`<span>${name} (not connected)</span>\n`;
  const current = isCurrent ? markup` aria-current="page"` : markup``;
  return markup`<a href="${href}"${current}>${name}</a>\n`;
}
