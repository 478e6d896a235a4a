import { redocStyles } from '../docs/pages/redoc-styles.ts';
import { markup, type Markup } from '../docs/html/markup.ts';
import { problemType, type Problem } from '../errors.ts';
import { problemStatus } from '../gateway/problem.ts';
import { challengesFor } from './credentials.ts';
import type { Exchange } from './exchange.ts';
import { rootFrom } from './page-addresses.ts';
import { renderShell } from './page-html.ts';
import { pageHeaders } from './page-policy.ts';
import { prefersHtml } from './prefers-html.ts';
import type { Prefixes } from './prefixes.ts';

/** A problem as a page, with the headers it wants. */
interface ProblemPage {
  readonly html: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** Renders a problem for a person who opened an address; undefined for a program. The method is GET or HEAD. */
export type ToProblemPage = (exchange: Exchange, problem: Problem) => ProblemPage | undefined;

/** Makes pages of problems, with the assets that are below the gateway's root. */
export function createProblemPages(assets: string, prefixes: Prefixes): ToProblemPage {
  return ({ request, id }, problem) => {
    const { headers, url = '/' } = request;
    if (!prefersHtml(headers.accept)) return undefined;
    // Fastify keeps what was asked for beside what the prefixes were taken off.
    const { originalUrl = url } = request as { readonly originalUrl?: string };
    const root = rootFrom({ headers, originalUrl, url }, prefixes);
    const status = problemStatus(problem);
    const asksForKey = isAboutKey(problem, status);
    const { title } = problemType(problem.code);
    const html = renderShell({
      title,
      root,
      assets,
      styles: ['pages/page.css', 'pages/landing.css'],
      scripts: scriptsOf(problem, status).map(
        (file) => markup`<script src="${root}${assets}/pages/${file}" type="module"></script>`,
      ),
      // Without the key nobody learns more than that there is a gateway.
      links: asksForKey
        ? []
        : [
            { label: 'Overview', href: root, isCurrent: false },
            { label: 'Swagger UI', href: `${root}docs`, isCurrent: false },
            { label: 'Redoc', href: `${root}redoc`, isCurrent: false },
          ],
      siblings: [],
      main: asksForKey ? toKeyForm(problem) : toExplanation(problem, { title, status, id }),
    });
    return { html, headers: { ...headersOf(problem, status, originalUrl), 'cache-control': 'no-store' } };
  };
}

function headersOf(
  problem: Problem,
  status: number,
  originalUrl: string,
): Readonly<Record<string, string | string[]>> {
  // The page that a key opens takes this one's place, policy and all.
  const headers = pageHeaders(redocStyles);
  if (status !== 401) return headers;
  // A challenge that browsers know would bring their own dialog in front of the page.
  const isBrowserAsked = originalUrl.endsWith(`?${askBrowser}`);
  return {
    ...headers,
    'www-authenticate': isBrowserAsked ? challengesFor('text/html') : (problem.challenge ?? 'Bearer'),
  };
}

const askBrowser = 'ask=browser';

/** Whoever is known and may not has a key that is right. */
function isAboutKey({ code }: Problem, status: number): boolean {
  return status === 401 || (status === 403 && code !== 'not_permitted');
}

function scriptsOf(problem: Problem, status: number): readonly string[] {
  if (isAboutKey(problem, status)) return ['key.js'];
  if (status === 403) return ['forget.js'];
  return status === 503 ? ['retry.js'] : [];
}

function toKeyForm({ detail }: Problem): Markup {
  return markup`<main id="landing" class="narrow">
<h1>This gateway asks for a key</h1>
<form id="key-form" hidden>
<p><label for="key">API key</label>
<input id="key" type="password" autocomplete="current-password" required spellcheck="false" aria-describedby="key-note key-fault"></p>
<p id="key-fault" role="alert"></p>
<p><button type="submit">Open</button></p>
<p id="key-note" class="note">Kept in this tab until it is closed, and sent to this gateway only.</p>
</form>
<p class="note">For programs: ${detail}</p>
<noscript><p>Without JavaScript, <a href="?${askBrowser}">let the browser ask</a>: any user name, and the key as the password.</p></noscript>
</main>`;
}

function toExplanation(
  { detail }: Problem,
  { title, status, id }: { readonly title: string; readonly status: number; readonly id: string },
): Markup {
  return markup`<main id="landing" class="narrow">
<h1>${title}</h1>
<p class="text" dir="auto">${detail}</p>
${status === 503 ? markup`<p role="status" id="retry">Reload the page to try again.</p>` : undefined}
<p class="note">Status ${status}, request <code>${id}</code></p>
</main>`;
}
