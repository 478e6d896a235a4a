/**
 * The link from one file of a site to another, relative: it works on file:// and below any path.
 *
 * @param from path of the page, relative to the site's folder
 * @param to path of the target, likewise; may end in `#anchor`
 */
export function toHref(from: string, to: string): string {
  const here = from.split('/').slice(0, -1);
  const [path = '', ...anchor] = to.split('#');
  const there = path.split('/');
  let shared = 0;
  while (shared < here.length && shared < there.length - 1 && here[shared] === there[shared]) shared++;
  const steps = [...here.slice(shared).map(() => '..'), ...there.slice(shared).map(encodeURIComponent)];
  return [steps.join('/'), ...anchor].join('#');
}

/** The address of a file where the site is published. A page for a folder is that folder's address. */
export function toPublicUrl(baseUrl: string, path: string): string {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return `${baseUrl}/${encoded.replace(/(^|\/)index\.html$/, '$1')}`;
}
