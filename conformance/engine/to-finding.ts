import { createHash } from 'node:crypto';
import type { Finding } from '../findings/finding.ts';
import { needsOtherTools, toReplayCommand } from '../findings/replay-command.ts';
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
  /** The call of the fuzzing that showed it. */
  readonly call?: TestCall | undefined;
  readonly earlier?: readonly TestCall[];
  /** @default 1 */
  readonly occurrences?: number;
  readonly places?: Iterable<string>;
}

/** The finding that stands in reports for what was seen. */
export function toFinding({ key, check, draft }: Seen, plan: Plan, circumstances: Circumstances): Finding {
  const { probe, isFlaky, call, earlier = [], occurrences = 1, places } = circumstances;
  const { tool } = draft;
  const fixed = call?.arguments ?? draft.arguments;
  const { source = '', behaviour = '' } = requirements.get(check.requirement) ?? {};
  const { server, baseline = [] } = plan;
  const id = toFindingId(key, server);
  const command = toReplayCommand({
    seed: plan.seed,
    checks: probe === undefined ? [check.id] : [check.id, probe.id],
    tools:
      tool === undefined || (probe !== undefined && needsOtherTools(probe.id))
        ? plan.include.filter((pattern) => pattern !== '*')
        : [tool],
    options: toOptions(plan),
    command: plan.commandLine.command,
  });
  const saved = plan.commandLine.toSavedReplay?.(id);
  return {
    id,
    title: draft.title,
    severity: draft.severity ?? check.severity,
    group: check.group,
    check: check.id,
    requirement: { id: check.requirement, source, behaviour },
    ...(tool !== undefined && { tool }),
    ...(server !== undefined && { server }),
    ...(fixed !== undefined && { arguments: fixed }),
    expected: draft.expected,
    seen: draft.seen,
    ...(draft.curl !== undefined && { curl: draft.curl }),
    ...(draft.diff !== undefined && { diff: draft.diff }),
    lines: draft.lines ?? [],
    ...(call !== undefined && { call: toCallNote(call) }),
    ...(probe !== undefined && { during: probe.id }),
    ...(earlier.length > 0 && {
      earlier: earlier.map((one) => ({ tool: one.tool.name, arguments: one.arguments })),
    }),
    occurrences,
    places: [...(places ?? (draft.place === undefined ? [] : [draft.place]))],
    seed: plan.seed,
    replay: saved ?? command,
    ...(saved !== undefined && { replayElsewhere: command }),
    isFlaky,
    ...(baseline.some((known) => known.id === id) && { isKnown: true }),
  };
}

/** The id of what is seen under a key, on a server that has a name where there are several. */
export function toFindingId(key: string, server: string | undefined): string {
  const text = server === undefined ? key : `${JSON.stringify(server)} ${key}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function toCallNote({ tool, phase, intent, what }: TestCall): NonNullable<Finding['call']> {
  return { tool: tool.name, phase, intent, what };
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
