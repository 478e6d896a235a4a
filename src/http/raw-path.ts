/** The path of a request target as it was sent, without its query. */
export function rawPath(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
