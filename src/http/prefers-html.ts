import Negotiator from 'negotiator';

/**
 * Whether a caller would rather have HTML than JSON (RFC 9110 section 12.5.1): browsers name `text/html`, and programs
 * that take anything are no browsers.
 */
export function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes('text/')) return false;
  const [best] = new Negotiator({ headers: { accept } }).mediaTypes(['application/json', 'text/html']);
  return best === 'text/html';
}
