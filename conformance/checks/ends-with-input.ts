import { exercised, type Probe } from './check.ts';

/** Enough on a busy machine; a client that waits longer would kill it. */
const DEADLINE_MS = 5_000;

export const endsWithInput: Probe = {
  kind: 'probe',
  id: 'wire/ends-with-input',
  title: 'The server ends when its stdin is closed',
  group: 'wire',
  severity: 'warning',
  requirement: 'ends-with-input',
  run: async (context) => {
    if (!context.endsWithInput) {
      return { kind: 'not-exercised', reason: 'the server does not run for one client alone' };
    }
    const session = await context.openReady();
    await session.request('ping');
    if ((await session.leave(DEADLINE_MS)) === undefined) {
      context.report({
        variant: 'goes on',
        title: 'The server goes on after its stdin was closed',
        expected: `the end of the process within ${DEADLINE_MS} ms`,
        seen: 'it was still there, and had to be killed: clients that crash leave it behind',
        lines: session.recentLines.slice(-2),
      });
    }
    return exercised;
  },
};
