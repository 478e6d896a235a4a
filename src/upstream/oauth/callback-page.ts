import { oneLine } from './one-line.ts';

/** What became of a callback. */
export type CallbackOutcome =
  /** The code was passed on; `conclusion` never rejects. */
  | { readonly kind: 'accepted'; readonly conclusion: Promise<Conclusion> }
  /** The authorization server said no. */
  | { readonly kind: 'refused' }
  /** Nobody waits for this. */
  | { readonly kind: 'unknown' };

/** What came of the code. */
export type Conclusion =
  | { readonly kind: 'authorized' }
  /** `reason` is one line without secrets. */
  | { readonly kind: 'failed'; readonly reason: string };

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

/** People do not look at a page that loads for longer. */
const PATIENCE_MS = 5000;

/**
 * Makes the page when it is known what came of the code, or after `deadlineMs`, 5000 by default.
 *
 * It is without scripts, styles and links: its address holds the code. Its status is never 5xx, in place of which proxies
 * show pages of their own.
 */
export async function answerCallback(
  outcome: CallbackOutcome,
  params: URLSearchParams,
  { deadlineMs = PATIENCE_MS }: { readonly deadlineMs?: number } = {},
): Promise<CallbackPage> {
  switch (outcome.kind) {
    case 'accepted':
      return renderConclusion(await within(deadlineMs, outcome.conclusion));
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

function renderConclusion(conclusion: Conclusion | undefined): CallbackPage {
  switch (conclusion?.kind) {
    case 'authorized':
      return page(200, 'Authorized', 'The gateway has a token. You can close this window.');
    case 'failed':
      return page(
        400,
        'Not authorized',
        `The gateway could not complete this: ${conclusion.reason}. To try again, open the next URL in its log.`,
      );
    case undefined:
      return page(
        202,
        'Being completed',
        'The gateway has the answer, and asks for a token. Its log and /readyz say what comes of that.',
      );
  }
}

async function within<Value>(deadlineMs: number, promise: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), deadlineMs);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
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
