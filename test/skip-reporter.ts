import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Says at the end why tests were skipped: each reason once, with the number of tests it cost. */
export class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const reasons = new Map<string, number>();
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const reason = reasonOf(test);
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    }
    if (reasons.size === 0) return;
    const lines = [...reasons].map(([reason, count]) => `  ${count} × ${reason}`);
    process.stdout.write(`\nSkipped, for want of something on this machine:\n${lines.join('\n')}\n`);
  }
}

/** What the test said when it skipped itself, else what its title says in "(skipped …)". */
function reasonOf(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note !== undefined) return result.note;
  return /\(skipped:? ([^)]*)\)/.exec(test.fullName)?.[1] ?? test.fullName;
}
