import type { CallCheck, CheckInfo } from '../checks/check.ts';
import type { FindingDraft } from '../findings/finding.ts';
import type { JudgedCall } from '../fuzzing/test-call.ts';
import { isAnswered, toLines } from '../checks/evidence.ts';

/** Lets the checks judge a call that was answered; one that was not is for those who watch the wire. */
export function judgeCall(
  checks: readonly CallCheck[],
  call: JudgedCall,
  on: {
    readonly report: (check: CheckInfo, draft: FindingDraft) => void;
    readonly exercise: (check: CheckInfo) => void;
  },
): void {
  if (!isAnswered(call.reply)) return;
  for (const check of checks) {
    if (!check.intents.includes(call.intent.kind)) continue;
    on.exercise(check);
    for (const draft of check.judge(call)) {
      on.report(check, {
        tool: call.tool.name,
        arguments: call.arguments,
        lines: toLines(call.pending, call.reply),
        ...draft,
      });
    }
  }
}
