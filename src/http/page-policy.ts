/** The headers of a page: nothing but our own files runs, and nothing goes to another origin. */
export function pageHeaders(styleDigests: readonly string[] = []): Readonly<Record<string, string>> {
  return {
    'content-security-policy': policyOf(styleDigests),
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
  };
}

function policyOf(styleDigests: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    ["style-src 'self'", ...styleDigests].join(' '),
    // Images and sounds in a tool's answer are data URIs.
    "img-src 'self' data:",
    'media-src data:',
    "connect-src 'self'",
    // Redoc searches in a worker that it makes from a blob.
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
