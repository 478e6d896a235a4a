import { listTools, toolsOf } from '../target/list-tools.ts';
import type { Session } from '../target/session.ts';
import { exercised, type Probe } from './check.ts';

export const stableListing: Probe = {
  kind: 'probe',
  id: 'listing/stable',
  title: 'Tools are listed in the same order each time',
  group: 'listing',
  severity: 'warning',
  requirement: 'list-is-stable',
  run: async ({ session, openReady, report }) => {
    const shared = await session();
    const first = await namesOn(shared);
    if (first === undefined) return { kind: 'not-exercised', reason: 'tools/list gave no page' };
    const again = await namesOn(shared);
    // Twice: of few tools, chance may give the same order once.
    const restarted = await namesOn(await openReady());
    const restartedAgain = await namesOn(await openReady());
    for (const [variant, names] of [
      ['in one session', again],
      ['after a restart', restarted],
      ['after a restart', restartedAgain],
    ] as const) {
      if (names === undefined || names.join('\n') === first.join('\n')) continue;
      const at = names.findIndex((name, index) => name !== first[index]);
      const isReordered = names.toSorted().join('\n') === first.toSorted().join('\n');
      report({
        variant,
        title: isReordered
          ? `The order of the tools changes ${variant}`
          : `The listed tools change ${variant}`,
        expected: `${first[at] ?? 'no more tools'} in place ${at + 1}, as before`,
        seen: names[at] ?? `no more than ${names.length} tools`,
        lines: [],
      });
      break;
    }
    return exercised;
  },
};

async function namesOn(session: Session): Promise<readonly string[] | undefined> {
  const listing = await listTools(session);
  return listing.pages.length === 0 ? undefined : toolsOf(listing).map(({ name }) => name);
}
