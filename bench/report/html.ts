import { createHash } from 'node:crypto';
import { markup, Markup } from '../../conformance/reporters/html/markup.ts';
import type { BenchResult } from '../result.ts';
import { readDrawingCode, type DrawingCode } from './page/drawing-code.ts';
import { toEmbeddedJson, toPlotData } from './page/plot-data.ts';
import { toPlots } from './page/plots.ts';
import { pageScript } from './page/script.ts';
import { pageStyle } from './page/style.ts';
import { toFacts, toNotices, toPipe, toTiles, toVerdict, toWork } from './page/summary.ts';
import { toFailures, toNumbers } from './page/tables.ts';

/**
 * One page that needs nothing beside itself, and asks nothing of the network. Without scripts it has no plots, and all
 * of the numbers.
 *
 * @throws Error when the code that draws was not built
 */
export function toHtml(result: BenchResult): string {
  const code = readDrawingCode();
  const data = toPlotData(result);
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${toPolicy(code)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>mcpo-bench: ${result.target.name}</title>
        <style>${new Markup(code.style)}</style>
        <style>${new Markup(pageStyle)}</style>
      </head>
      <body>
        <header>
          <h1>mcpo-bench</h1>
          ${toVerdict(result)} ${toFacts(result)}
        </header>
        <main>
          ${toTiles(result)} ${toNotices(result)} ${toPlots(data)}
          <h2>Numbers</h2>
          ${toNumbers(result)} ${toFailures(result)} ${toPipe(result)} ${toWork(result)}
        </main>
        <footer><p>mcpo-toolkit ${result.version}</p></footer>
        <script type="application/json" id="data">${new Markup(toEmbeddedJson(data))}</script>
        <script>${new Markup(code.script)}</script>
        <script>${new Markup(pageScript)}</script>
      </body>
    </html> `;
  return page.text;
}

/** Even if a text of a server's became markup, nothing of it could run or load. */
function toPolicy({ script, style }: DrawingCode): string {
  return [
    "default-src 'none'",
    `style-src '${toDigest(style)}' '${toDigest(pageStyle)}'`,
    `script-src '${toDigest(script)}' '${toDigest(pageScript)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function toDigest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
