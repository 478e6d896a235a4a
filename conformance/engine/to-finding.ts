import { createHash } from 'node:crypto';
import type { Finding } from '../findings/finding.ts';
import { toReplayCommand } from '../findings/replay-command.ts';
import type { Plan } from '../options.ts';
import { requirements } from '../requirements.ts';
import { defaultRevision } from '../target/initialize.ts';
import type { Probe } from '../checks/check.ts';
import type { TestCall } from '../fuzzing/test-call.ts';
import type { Seen } from './unit.ts';

/** How something was seen. */
export interface Circumstances {
  /** The check during which it was seen, when that is another one than its own. */
  readonly probe?: Probe | undefined;
  readonly isFlaky: boolean;
  readonly earlier?: readonly TestCall[];
  /** @default 1 */
  readonly occurrences?: number;
  readonly places?: Iterable<string>;
}

/** The finding that stands in reports for what was seen. */
export function toFinding({ key, check, draft }: Seen, plan: Plan, circumstances: Circumstances): Finding {
  const { probe, isFlaky, earlier = [], occurrences = 1, places } = circumstances;
  const { tool } = draft;
  const { source = '', behaviour = '' } = requirements.get(check.requirement) ?? {};
  const { server, baseline = [] } = plan;
  const text = server === undefined ? key : `${JSON.stringify(server)} ${key}`;
  const id = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return {
    id,
    title: draft.title,
    severity: draft.severity ?? check.severity,
    group: check.group,
    check: check.id,
    requirement: { id: check.requirement, source, behaviour },
    ...(tool !== undefined && { tool }),
    ...(server !== undefined && { server }),
    ...(draft.arguments !== undefined && { arguments: draft.arguments }),
    expected: draft.expected,
    seen: draft.seen,
    ...(draft.diff !== undefined && { diff: draft.diff }),
    lines: draft.lines ?? [],
    ...(earlier.length > 0 && {
      earlier: earlier.map((call) => ({ tool: call.tool.name, arguments: call.arguments })),
    }),
    occurrences,
    places: [...(places ?? (draft.place === undefined ? [] : [draft.place]))],
    seed: plan.seed,
    replay: toReplayCommand({
      seed: plan.seed,
      checks: probe === undefined ? [check.id] : [check.id, probe.id],
      // A probe looks at several tools together: with one alone it might not see the same.
      tools:
        tool === undefined || probe?.group === 'concurrency' || probe?.group === 'behaviour'
          ? plan.include.filter((pattern) => pattern !== '*')
          : [tool],
      options: toOptions(plan),
      command: plan.commandLine.command,
    }),
    isFlaky,
    ...(baseline.some((known) => known.id === id) && { isKnown: true }),
  };
}

function toOptions(plan: Plan): readonly string[] {
  return [
    ...(plan.calls === 'all' ? ['--calls', 'all'] : []),
    ...(plan.protocolVersion === defaultRevision ? [] : ['--protocol-version', plan.protocolVersion]),
    ...plan.exclude.flatMap((pattern) => ['--exclude', pattern]),
    ...plan.allow.flatMap((pattern) => ['--allow', pattern]),
    ...Object.entries(plan.arguments).flatMap(([tool, args]) => [
      '--arguments',
      `${tool}=${JSON.stringify(args)}`,
    ]),
    ...plan.commandLine.options,
  ];
}
