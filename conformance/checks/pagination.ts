import { describeReply } from '../target/initialize.ts';
import { listPage, listTools, toolsOf, type Listing, type ToolPage } from '../target/list-tools.ts';
import type { Session } from '../target/session.ts';
import { exercised, type Probe, type ProbeContext } from './check.ts';
import { isAnswered } from './evidence.ts';

export const pagination: Probe = {
  kind: 'probe',
  id: 'listing/pagination',
  title: 'Pages lose no tool, repeat none, and come to an end',
  group: 'listing',
  severity: 'error',
  requirement: 'pages-complete',
  run: async (context) => {
    // A server of prompts or resources alone refuses what it did not declare.
    if (!('tools' in context.server.capabilities)) {
      return { kind: 'not-exercised', reason: 'the server declares no tools' };
    }
    const session = await context.session();
    const listing = await listTools(session);
    judgeEnd(listing, context);
    judgeRepetition(listing, context);
    if (listing.end.kind === 'complete' && listing.pages.length > 1) {
      await judgeInterleaved(session, listing, context);
    }
    return exercised;
  },
};

function judgeEnd({ pages, end }: Listing, { report }: ProbeContext): void {
  const lines = pages.slice(-2).map(({ line }) => line);
  switch (end.kind) {
    case 'complete':
      return;
    case 'loop':
      report({
        variant: 'loop',
        title: 'The pages of tools/list never end',
        expected: 'a cursor that was not given before, or none',
        seen: `the cursor ${JSON.stringify(end.cursor)} for a second time, on page ${pages.length}`,
        lines,
      });
      return;
    case 'too-long':
      report({
        variant: 'too long',
        title: 'The pages of tools/list come to no end',
        expected: `an end within ${pages.length} pages`,
        seen: 'one more cursor',
        lines,
      });
      return;
    case 'failed': {
      if (!isAnswered(end.reply)) return;
      const where = end.cursor === undefined ? 'the first page' : `the cursor ${JSON.stringify(end.cursor)}`;
      report({
        variant: end.cursor === undefined ? 'first page' : 'own cursor',
        title: end.cursor === undefined ? 'tools/list fails' : 'The server refuses a cursor of its own',
        expected: `the page of tools for ${where}`,
        seen: describeReply(end.reply),
        lines: [...lines, end.reply.line],
      });
    }
  }
}

function judgeRepetition({ pages }: Listing, { report }: ProbeContext): void {
  const pageOf = new Map<string, ToolPage>();
  for (const page of pages) {
    for (const { name } of page.tools) {
      const first = pageOf.get(name);
      if (first === undefined) pageOf.set(name, page);
      // Twice on one page is for the check of unique names.
      if (first === undefined || first === page) continue;
      report({
        variant: 'repetition',
        title: 'A tool is on two pages',
        tool: name,
        expected: 'each tool on one page',
        seen: `on pages ${pages.indexOf(first) + 1} and ${pages.indexOf(page) + 1}`,
        lines: [first.line, page.line],
      });
    }
  }
}

/** Two walks at once: a server that keeps the place of the one forgets that of the other. */
async function judgeInterleaved(session: Session, listing: Listing, { report }: ProbeContext): Promise<void> {
  const walks: { tools: string[]; cursor: string | undefined; isOver: boolean }[] = [0, 1].map(() => ({
    tools: [],
    cursor: undefined,
    isOver: false,
  }));
  for (let round = 0; round <= listing.pages.length; round += 1) {
    for (const walk of walks) {
      if (walk.isOver) continue;
      const page = await listPage(session, walk.cursor);
      walk.isOver = !('tools' in page) || page.nextCursor === undefined;
      if (!('tools' in page)) continue;
      walk.tools.push(...page.tools.map(({ name }) => name));
      walk.cursor = page.nextCursor;
    }
  }
  const wanted = toolsOf(listing).map(({ name }) => name);
  for (const { tools } of walks) {
    const missing = wanted.filter((name) => !tools.includes(name));
    if (missing.length === 0) continue;
    report({
      variant: 'interleaved',
      title: 'Of two listings at once, one loses tools',
      expected: `${wanted.length} tools on the pages of either`,
      seen: `${missing.length} missing: ${missing.slice(0, 5).join(', ')}`,
      lines: session.recentLines.slice(-6),
    });
    return;
  }
}
