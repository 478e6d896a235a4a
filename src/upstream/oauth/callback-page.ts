import { oneLine } from './one-line.ts';

/** What became of a callback: the code was passed on, the authorization server said no, or nobody waits for this. */
export type CallbackOutcome = 'accepted' | 'refused' | 'unknown';

/** What the person sees whose browser brought the answer. */
export interface CallbackPage {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string;
}

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** A page without scripts, styles or links: its address holds the code. */
export function renderCallbackPage(outcome: CallbackOutcome, params: URLSearchParams): CallbackPage {
  switch (outcome) {
    case 'accepted':
      return page(200, 'Authorized', 'The gateway has what it needs. You can close this window.');
    case 'refused':
      return page(400, 'Not authorized', `The authorization server said: ${sayingOf(params)}`);
    case 'unknown':
      return page(
        400,
        'Nobody is waiting for this',
        'The gateway did not ask for this, or has already had an answer. Open the latest URL in its log.',
      );
  }
}

function page(status: number, title: string, text: string): CallbackPage {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
</body>
</html>
`;
  return { status, headers, html };
}

function sayingOf(params: URLSearchParams): string {
  const error = oneLine(params.get('error') ?? '');
  const description = oneLine(params.get('error_description') ?? '');
  return description === '' ? error : `${error}: ${description}`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
