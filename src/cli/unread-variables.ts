/** Those that are no option's. */
const others: readonly string[] = ['MCPO_REDIS_PASSWORD', 'MCPO_TOKEN'];
/** What Kubernetes sets for a service that is called mcpo, or something that begins so. */
const ofServices = /^MCPO_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT\w*|PORT(?:_\d+_(?:TCP|UDP|SCTP)\w*)?)$/;
/** Letters that may be wrong. */
const maxDistance = 2;
const maxWarnings = 10;

/**
 * Says which variables were probably meant for an option, and are read by none; nothing of their values.
 *
 * @param known names of the variables of all options
 * @param mayBeNamed a configuration may name variables of any name: only those that look like an option's count then
 */
export async function warnOfUnread(
  env: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
  mayBeNamed: boolean,
): Promise<readonly string[]> {
  const read = new Set([...known, ...others]);
  const unread = Object.keys(env).filter((name) => {
    const upper = name.toUpperCase();
    return upper.startsWith('MCPO_') && !read.has(upper) && !ofServices.test(upper);
  });
  if (unread.length === 0) return [];
  // Loaded only now: mostly there are none.
  const { distance } = await import('fastest-levenshtein');
  return unread
    .flatMap((name) => {
      const meant = findMeant(name, known, distance);
      if (meant === undefined && mayBeNamed) return [];
      const advice = meant === undefined ? 'see mcpo-serve --help' : `did you mean ${meant}?`;
      return [`no option reads the variable ${name.slice(0, 100)}; ${advice}`];
    })
    .slice(0, maxWarnings);
}

function findMeant(
  name: string,
  known: readonly string[],
  distance: (left: string, right: string) => number,
): string | undefined {
  const word = plain(name);
  const near = known
    .map((variable) => ({ variable, cost: distance(word, plain(variable)) }))
    .filter(({ cost }) => cost <= maxDistance);
  return near.toSorted((left, right) => left.cost - right.cost)[0]?.variable;
}

function plain(name: string): string {
  return name.toUpperCase().replaceAll('_', '');
}
