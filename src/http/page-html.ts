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
  /** Relative, like every address of a page, so that it works under any path that a proxy puts before it. */
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

/** Renders a page; the document itself is fetched by its script. */
export function renderPage(kind: PageKind, { title, assets, kinds, siblings }: PageContent): string {
  const links = [
    ...kinds.map(({ path, label }) => toLink({ label, href: path.slice(1), isCurrent: path === kind.path })),
    '<a href="openapi.json">openapi.json</a>',
    '<a href="openapi.yaml">openapi.yaml</a>',
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · ${kind.label}</title>
<link rel="icon" type="image/svg+xml" href="${assets}/pages/favicon.svg">
${kind.styles.map((file) => `<link rel="stylesheet" href="${assets}/${file}">`).join('\n')}
</head>
<body>
<header id="bar"><nav aria-label="Documentation">
<img src="${assets}/pages/favicon.svg" alt="" width="24" height="24">
${links.join('\n')}
</nav>${toServersNav(siblings)}</header>
<div id="page"><noscript>This page needs JavaScript; the document itself is at <a href="openapi.json">openapi.json</a>.</noscript></div>
<script src="${assets}/${kind.bundle}" defer></script>
<script src="${assets}/${kind.script}" type="module"></script>
</body>
</html>
`;
}

function toServersNav(siblings: readonly Sibling[]): string {
  if (siblings.length === 0) return '';
  return `\n<nav id="servers" aria-label="Servers">\n${siblings.map(toLink).join('\n')}\n</nav>`;
}

function toLink({ label, href, isCurrent }: Sibling): string {
  const name = `<bdi>${escapeHtml(label)}</bdi>`;
  if (href === undefined) return `<span>${name} (not connected)</span>`;
  return `<a href="${escapeHtml(href)}"${isCurrent ? ' aria-current="page"' : ''}>${name}</a>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
