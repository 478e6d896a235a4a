/** Where the preview's own things are; no file of a site has such a path. */
export const previewPaths = { events: '/_preview/events', script: '/_preview/reload.js' } as const;

/** A page of the site with the script that loads it again, and the policy that lets this script run. */
export interface PreviewPage {
  readonly html: string;
  /** For the header; undefined when the page has none itself. */
  readonly policy?: string;
}

const metaPolicy = /<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]*)"\s*\/?>\n?/i;

/** Puts the script into a page. Its policy moves to a header, since one in the page could only get narrower. */
export function toPreviewPage(html: string, version: string): PreviewPage {
  const script = `<script src="${previewPaths.script}" data-version="${version}" defer></script>\n`;
  const found = metaPolicy.exec(html);
  const end = html.lastIndexOf('</body>');
  const at = end === -1 ? html.length : end;
  const page = `${html.slice(0, at)}${script}${html.slice(at)}`;
  if (found === null) return { html: page };
  const [meta, content = ''] = found;
  return { html: page.replace(meta, ''), policy: allowOwn(unescape(content)) };
}

/** Scripts of this origin, and what they read from it. */
function allowOwn(policy: string): string {
  const directives = new Map(
    policy
      .split(';')
      .map((directive) => directive.trim().split(/\s+/))
      .filter(([name]) => name !== undefined && name !== '')
      .map(([name = '', ...sources]) => [name.toLowerCase(), sources] as const),
  );
  for (const name of ['script-src', 'connect-src']) {
    const sources = directives.get(name) ?? directives.get('default-src') ?? [];
    directives.set(name, [...new Set([...sources.filter((source) => source !== "'none'"), "'self'"])]);
  }
  return [...directives].map(([name, sources]) => [name, ...sources].join(' ')).join('; ');
}

function unescape(text: string): string {
  return text.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

/** Loads the page again when the site is another, and says when a build has failed. */
export const reloadScript: string = `'use strict';
const shown = document.currentScript.dataset.version;
let notice;
const say = (text) => {
  notice?.remove();
  notice = undefined;
  if (text === undefined) return;
  notice = document.createElement('div');
  notice.id = 'preview-notice';
  notice.setAttribute('role', 'alert');
  notice.textContent = text;
  notice.style.cssText = 'position:fixed;inset:auto 1rem 1rem;z-index:2147483647;max-height:40vh;overflow:auto;' +
    'padding:.75rem 1rem;border-radius:8px;background:#7a1d17;color:#fff;font:14px/1.5 system-ui,sans-serif;' +
    'white-space:pre-wrap;overflow-wrap:anywhere';
  document.body.append(notice);
};
new EventSource('${previewPaths.events}').addEventListener('message', ({ data }) => {
  const { version, failure } = JSON.parse(data);
  if (version !== shown) location.reload();
  else say(failure === undefined ? undefined : 'Not built anew: ' + failure);
});
`;
