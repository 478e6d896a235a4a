import { markup, type Markup } from '../../docs/html/markup.ts';
import { renderShell, type Sibling } from '../page-html.ts';
import type { LandingServer, LandingTool, LandingView } from './landing-view.ts';

/** Where things are, as seen from the page. */
export interface LandingPlace {
  /** The gateway; ends with a slash, as the others do. */
  readonly root: string;
  /** What the page is about: the gateway or one server of it. */
  readonly base: string;
  /** The same, absolute: for clients elsewhere. */
  readonly url: string;
  readonly assets: string;
  readonly siblings: readonly Sibling[];
}

/** Fewer tools than this are found without a search. */
const searchFrom = 8;

/** Renders the page; its script keeps the parts marked `data-live` as they would be rendered now. */
export function renderLanding(view: LandingView, place: LandingPlace): string {
  const { root, base, assets, siblings } = place;
  const link = (label: string, href: string): Sibling => ({
    label,
    href: `${base}${href}`,
    isCurrent: false,
  });
  return renderShell({
    title: view.title,
    root,
    assets,
    styles: ['pages/page.css', 'pages/landing.css'],
    scripts: [markup`<script src="${root}${assets}/pages/landing.js" type="module"></script>`],
    links: [
      { label: 'Overview', href: base, isCurrent: true },
      link('Swagger UI', 'docs'),
      link('Redoc', 'redoc'),
      link('openapi.json', 'openapi.json'),
      link('openapi.yaml', 'openapi.yaml'),
    ],
    siblings,
    main: markup`<main id="landing">
<h1><bdi>${view.title}</bdi></h1>
${view.description === '' ? undefined : markup`<p class="lead text" dir="auto">${view.description}</p>`}
${toServers(view, place)}
${toTools(view, place)}
${toHowTo(view, place)}
${toFooter(view, place)}
</main>`,
  });
}

const statusTexts: Readonly<Record<string, string>> = {
  ready: 'Ready',
  degraded: 'Some servers are not ready',
  not_ready: 'Not ready',
  shutting_down: 'Shutting down',
  contract_refused: 'The tools have changed against the committed contract',
};

const stateTexts: Readonly<Record<LandingServer['state']['kind'], string>> = {
  ready: 'ready',
  connecting: 'connecting',
  restarting: 'restarting',
  awaiting_authorization: 'waits to be let in',
  closed: 'closed',
};

function toServers(
  { server: about, servers, status, contract }: LandingView,
  { root }: LandingPlace,
): Markup {
  const isWhole = status === 'ready';
  // What is said of all servers is said where all of them are.
  const isAll = about === '';
  return markup`<section id="state" data-live aria-labelledby="servers-title" data-contract="${contract}">
<h2 id="servers-title">${servers.length === 1 ? 'Server' : 'Servers'}</h2>
${isAll ? markup`<p class="status ${isWhole ? 'good' : 'poor'}" role="status">${statusTexts[status] ?? status}</p>` : undefined}
${servers.length === 0 ? markup`<p>No server is configured.</p>` : undefined}
<ul class="servers">
${servers.map((server) => toServer(server, root))}</ul>
</section>`;
}

function toServer(server: LandingServer, root: string): Markup {
  const { name, mount, state, isRequired, tools, isKnown, authorizationUrl } = server;
  const label = markup`<bdi>${name}</bdi>`;
  const isLinked = isKnown && mount !== '';
  return markup`<li><span class="dot ${state.kind}" aria-hidden="true"></span>
<span class="name">${isLinked ? markup`<a href="${root}${mount.slice(1)}/">${label}</a>` : label}</span>
<span class="state">${stateTexts[state.kind]}${isRequired ? '' : ', optional'}</span>
<span class="count">${tools === 1 ? '1 tool' : `${tools} tools`}</span>
${state.kind === 'restarting' ? markup`<span class="why" dir="auto">${state.reason}</span>` : undefined}
${authorizationUrl === undefined ? undefined : markup`<a class="why" href="${authorizationUrl}" rel="noreferrer">Let the gateway in</a>`}
</li>
`;
}

function toTools({ tools, server }: LandingView, { base, root }: LandingPlace): Markup {
  const hasSearch = tools.length >= searchFrom;
  return markup`<section id="tools" data-live aria-labelledby="tools-title">
<h2 id="tools-title">Tools <span class="count">${tools.length}</span></h2>
${hasSearch ? markup`<p class="search" hidden><label>Find a tool <input type="search" id="find" autocomplete="off" spellcheck="false"></label> <span id="found" role="status"></span></p>` : undefined}
${tools.length === 0 ? markup`<p>No tools are known yet.</p>` : undefined}
<ul class="tools">
${tools.map((tool) => toTool(tool, server === '' ? base : root, { isOne: server !== '', base }))}</ul>
</section>`;
}

function toTool(
  { name, server, summary, anchor, path }: LandingTool,
  root: string,
  { isOne, base }: { readonly isOne: boolean; readonly base: string },
): Markup {
  // A document without it is that of all servers of a profile that lists only links.
  const own = isOne || server === '' ? base : `${root}${path.slice(1, path.indexOf('/', 1) + 1)}`;
  const href = anchor === undefined ? `${own}docs` : `${base}docs${anchor}`;
  return markup`<li><a href="${href}"><bdi>${name}</bdi></a>${
    isOne || server === '' ? undefined : markup` <span class="of"><bdi>${server}</bdi></span>`
  }<span class="summary" dir="auto">${summary}</span></li>
`;
}

function toHowTo({ tools, needsKey, server }: LandingView, { base, url }: LandingPlace): Markup {
  const [tool] = tools;
  const mounted = tool === undefined || server === '' ? 0 : tool.path.indexOf('/', 1);
  const path = tool === undefined ? '{tool}' : tool.path.slice(mounted + 1);
  const key = needsKey ? markup` \\\n  -H "authorization: Bearer $MCPO_API_KEY"` : undefined;
  const address = (rest: string): Markup =>
    markup`<span data-url="${base}">${inShell(url)}</span>${inShell(rest)}`;
  return markup`<section aria-labelledby="call-title">
<h2 id="call-title">Call a tool</h2>
<pre tabindex="0"><code>curl '${address(path)}'${key} \\
  -H 'content-type: application/json' \\
  -d '${inShell(tool?.example ?? '{}')}'</code></pre>
<h3>In Open WebUI</h3>
<p>Under <i>Settings → Tools</i> (for all users: <i>Admin Settings → Tools</i>), add a connection with the URL
<code><span data-url="${base}" data-bare>${url.replace(/\/$/, '')}</span></code>${
    needsKey ? ', and the API key as its Bearer token.' : '. This gateway asks for no key.'
  }</p>
<p>Clients for other languages are generated from <a href="${base}openapi.json">openapi.json</a>.</p>
</section>`;
}

function toFooter({ hasMetrics }: LandingView, { root }: LandingPlace): Markup {
  return markup`<footer>
<a href="${root}healthz">Health</a>
<a href="${root}readyz" id="readiness">Readiness</a>
${hasMetrics ? markup`<a href="${root}metrics">Metrics</a>` : undefined}
</footer>`;
}

/** Inside single quotes of a POSIX shell. */
function inShell(text: string): string {
  return text.replaceAll("'", String.raw`'\''`);
}
