/** The Vary of an answer (RFC 9110 section 12.5.5) with one more request header that it depends on. */
export function varyWith(present: number | string | readonly string[] | undefined, name: string): string {
  return present === undefined ? name : `${String(present)}, ${name}`;
}
