import { createHash } from 'node:crypto';
import { packageVersion } from '../../src/index.ts';
import { collectRuns, toRunName, type RunReport } from './collect-runs.ts';
import { toFilters } from './html/filters.ts';
import { markup, Markup } from './html/markup.ts';
import { toRunSection } from './html/run-section.ts';
import { pageScript } from './html/script.ts';
import { pageStyle } from './html/style.ts';
import type { Reporter, Write } from './reporter.ts';
import { sumRuns } from './sum-runs.ts';
import { toCount, toFindingCounts } from './text/summary-text.ts';
import { toTone } from './tone.ts';

/** Writes one page that needs nothing beside itself, and asks nothing of the network. */
export function createHtmlReporter(write: Write): Reporter {
  const { onEvent, runs } = collectRuns();
  return { onEvent, onEnd: () => write(toPage(runs)) };
}

// Even if a text of a server's became markup, nothing of it could run or load.
const policy = [
  "default-src 'none'",
  `style-src '${toDigest(pageStyle)}'`,
  `script-src '${toDigest(pageScript)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function toPage(runs: readonly RunReport[]): string {
  const names = runs.map(toRunName).join(', ');
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>mcpo-verify: ${names}</title>
        <style>${new Markup(pageStyle)}</style>
      </head>
      <body>
        <header class="top">
          <h1>mcpo-verify</h1>
          <p class="verdict ${toTone(runs)}">${toVerdict(runs)}</p>
          ${runs.length > 1 ? toContents(runs) : undefined}
        </header>
        <main>${toFilters(runs)} ${runs.map((run, at) => toRunSection(run, at + 1))}</main>
        <footer><p>mcpo-toolkit ${packageVersion}</p></footer>
        <script>${new Markup(pageScript)}</script>
      </body>
    </html> `;
  return page.text;
}

function toVerdict(runs: readonly RunReport[]): string {
  const { findings, unfinished } = sumRuns(runs);
  const counts = toFindingCounts(findings);
  const servers = runs.length > 1 ? ` in ${toCount(runs.length, 'server')}` : '';
  return unfinished > 0
    ? `${counts}${servers}; ${unfinished} not verified to the end`
    : `${counts}${servers}`;
}

function toContents(runs: readonly RunReport[]): Markup {
  const items = runs.map((run, at) => {
    const { summary } = run;
    const result = summary === undefined ? 'not verified' : toFindingCounts(summary.findings);
    return markup`<li><a href="#run-${at + 1}">${toRunName(run)}</a>: ${result}</li>`;
  });
  return markup`<nav aria-label="Servers">
    <ul>
      ${items}
    </ul>
  </nav>`;
}

function toDigest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
