import { createHash } from 'node:crypto';
import { markup, Markup } from './markup.ts';

/** What a page that stands alone is made of. */
export interface ReportPage {
  readonly title: string;
  /** CSS of ours. */
  readonly style: string;
  /** What stands in its `main`, `header` and `footer`. */
  readonly body: Markup;
}

/** One HTML file that needs no other: without scripts, and with nothing that could be fetched or sent. */
export function renderReportPage({ title, style, body }: ReportPage): string {
  const digest = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the changes</a>
${body}
</body>
</html>
`.text;
}
