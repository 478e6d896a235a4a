import type { VerifyEvent } from '../../../../conformance/events.ts';
import type { Finding } from '../../../../conformance/findings/finding.ts';

/** A text that tries to get out of wherever it is put. */
export const hostile: string = [
  '<script>alert("script")</script>',
  '<img src=x onerror=alert("image")>',
  `"'> ]]> --> & &amp; </details></pre></table>`,
  '``` ~~~ `code` | pipe \\| **bold** _it_ [link](javascript:alert(1)) @somebody #1 www.example.com',
  '::error title=x::injected',
  '##[error]injected',
  'nul \u0000 escape \u001b[31m bell \u0007 rtl \u202e zero \u200b lone \ud800 nonchar \uffff astral 😀',
].join('\n');

type Complete<Type> = Type extends readonly (infer Item)[]
  ? readonly Complete<Item>[]
  : Type extends object
    ? { readonly [Key in keyof Type]-?: Complete<Type[Key]> }
    : Type;

/** Has every member that a finding may have; the type checker asks for new ones. */
export const completeFinding: Complete<Omit<Finding, 'arguments' | 'diff' | 'earlier' | 'call'>> &
  Required<Pick<Finding, 'arguments' | 'diff' | 'earlier' | 'call'>> = {
  id: 'a1b2c3d4e5f6',
  title: 'A valid call gives another answer than before',
  severity: 'error',
  group: 'behaviour',
  check: 'behaviour/idempotent',
  requirement: {
    id: 'idempotent',
    source: 'https://modelcontextprotocol.io/specification/2025-06-18/schema#toolannotations',
    behaviour: 'Calling an idempotent tool again with the same arguments changes nothing.',
  },
  tool: 'echo',
  server: 'first',
  arguments: { message: 'hello', nested: { list: [1, 2, 3] } },
  expected: '{"content":[{"type":"text","text":"one"}],"total":3}',
  seen: '{"content":[{"type":"text","text":"two"}],"total":3}',
  diff: {
    expected: { content: [{ type: 'text', text: 'one' }], total: 3 },
    seen: { total: 3, content: [{ type: 'text', text: 'two' }] },
  },
  lines: [
    { direction: 'sent', text: '{"jsonrpc":"2.0","id":7,"method":"tools/call"}', atMs: 10.5 },
    { direction: 'received', text: '{"jsonrpc":"2.0","id":7,"result":{}}', atMs: 12 },
  ],
  call: {
    tool: 'echo',
    phase: 'negative',
    intent: { kind: 'invalid', pointer: '/properties/limit', keyword: 'maximum', isCoercible: false },
    what: '/limit is 101',
  },
  during: 'behaviour/idempotent',
  earlier: [{ tool: 'reset', arguments: { all: true } }],
  occurrences: 7,
  places: ['/limit', '/nested/list', ''],
  curl: `curl -X POST http://localhost:8000/echo -H 'Content-Type: application/json' -d '{"message":"hello"}'`,
  seed: 42,
  replay: 'mcpo-verify replay a1b2c3d4e5f6',
  replayElsewhere: 'mcpo-verify --seed 42 --checks behaviour/idempotent --include echo -- my-server',
  isFlaky: false,
  isKnown: true,
};

const {
  isKnown: _known,
  server: _server,
  diff: _diff,
  earlier: _earlier,
  during: _during,
  replayElsewhere: _elsewhere,
  ...plain
} = completeFinding;

/** Findings of each level, and one of them hostile wherever a server has a say. */
export const findings: readonly Finding[] = [
  { ...plain, id: '000000000001', places: [], occurrences: 1 },
  {
    ...plain,
    id: '000000000002',
    severity: 'warning',
    group: 'negative',
    check: 'negative/rejected',
    tool: hostile,
    title: `An invalid call is accepted: ${hostile}`,
    arguments: { [hostile]: hostile },
    expected: `a refusal ${hostile}`,
    seen: hostile,
    lines: [{ direction: 'received', text: hostile, atMs: 1 }],
    places: [hostile],
    replay: `mcpo-verify --include '${hostile}'`,
    curl: `curl '${hostile}'`,
  },
  { ...plain, id: '000000000003', isFlaky: true, check: 'wire/one-response', group: 'wire', tool: 'reset' },
  { ...completeFinding, id: '000000000004' },
];

/** Two servers that were verified, and one that could not be started. */
export const events: readonly VerifyEvent[] = [
  {
    kind: 'run-started',
    target: 'node server.js',
    seed: 42,
    calls: 'safe',
    startedAt: '2026-01-02T03:04:05.678Z',
  },
  {
    kind: 'server-started',
    server: { name: 'first', version: '1.0.0', protocolVersion: '2025-06-18', capabilities: { tools: {} } },
  },
  { kind: 'warning', message: "--include 'eco' matches none; the nearest is 'echo'" },
  { kind: 'tool-listed', tool: 'echo', use: { kind: 'called' } },
  { kind: 'tool-listed', tool: 'reset', use: { kind: 'called' } },
  { kind: 'tool-listed', tool: 'late', use: { kind: 'called' } },
  { kind: 'tool-listed', tool: hostile, use: { kind: 'called' } },
  {
    kind: 'tool-listed',
    tool: 'write',
    use: { kind: 'not-called', reason: 'it does not say that it is read-only' },
  },
  { kind: 'check-started', check: 'wire/ping', title: 'Pings are answered' },
  { kind: 'progress', done: 0, total: 5, now: 'Pings are answered' },
  { kind: 'check-finished', check: 'wire/ping', title: 'Pings are answered', verdict: { kind: 'passed' } },
  {
    kind: 'check-finished',
    check: 'listing/bad-cursor',
    title: 'A bad cursor is refused',
    verdict: { kind: 'not-exercised', reason: 'the server lists its tools on one page' },
  },
  ...findings.map((finding): VerifyEvent => ({ kind: 'finding', finding })),
  fuzzed('echo', 'coverage', 38, 38),
  fuzzed('echo', 'negative', 42, 42),
  fuzzed('echo', 'fuzzing', 60, 100),
  fuzzed(hostile, 'coverage', 3, 3),
  { kind: 'tool-skipped', tool: 'late', reason: 'no valid arguments were found for it' },
  {
    kind: 'check-finished',
    check: 'behaviour/idempotent',
    title: 'Idempotent tools may be called again',
    verdict: { kind: 'failed', findings: 1 },
    tools: ['echo', 'reset'],
  },
  {
    kind: 'check-finished',
    check: 'negative/rejected',
    title: 'Invalid calls are refused',
    verdict: { kind: 'failed', findings: 1 },
    tools: ['echo', 'reset', hostile],
  },
  {
    kind: 'check-finished',
    check: 'wire/one-response',
    title: 'A request gets exactly one response',
    verdict: { kind: 'flaky', findings: 1 },
    tools: ['echo', 'reset'],
  },
  {
    kind: 'known-gone',
    known: {
      id: 'ffffffffffff',
      check: 'wire/ping',
      tool: 'echo',
      server: 'first',
      title: 'Was slow',
      note: 'n',
    },
  },
  {
    kind: 'run-finished',
    summary: {
      isInterrupted: false,
      isCutShort: false,
      withoutServer: 1,
      checks: { passed: 1, failed: 2, flaky: 1, known: 0, notExercised: 1, notRun: 2 },
      tools: { listed: 5, called: 3 },
      findings: { error: 1, warning: 1, flaky: 1 },
      baseline: { known: 1, gone: 1 },
      requests: 310,
      durationMs: 12_345,
    },
  },
  {
    kind: 'run-started',
    target: 'python clean.py',
    seed: 42,
    calls: 'all',
    startedAt: '2026-01-02T03:05:05.678Z',
  },
  {
    kind: 'server-started',
    server: { name: hostile, version: '', protocolVersion: '2025-06-18', capabilities: {} },
  },
  { kind: 'check-finished', check: 'wire/ping', title: 'Pings are answered', verdict: { kind: 'passed' } },
  {
    kind: 'run-finished',
    summary: {
      isInterrupted: false,
      isCutShort: false,
      withoutServer: 0,
      checks: { passed: 1, failed: 0, flaky: 0, known: 0, notExercised: 0, notRun: 0 },
      tools: { listed: 0, called: 0 },
      findings: { error: 0, warning: 0, flaky: 0 },
      requests: 4,
      durationMs: 100,
    },
  },
  {
    kind: 'run-started',
    target: 'no-such-server',
    seed: 42,
    calls: 'safe',
    startedAt: '2026-01-02T03:06:05.678Z',
  },
  { kind: 'run-failed', message: 'command not found: no-such-server', stderrTail: [hostile] },
];

function fuzzed(
  tool: string,
  phase: 'coverage' | 'negative' | 'fuzzing',
  sent: number,
  planned: number,
): VerifyEvent {
  return {
    kind: 'tool-fuzzed',
    tool,
    phase,
    sent,
    planned,
    isCutShort: sent < planned,
    refused: phase === 'negative' ? sent - 2 : 0,
    callsPerSecond: 512.3,
    discarded: 1,
    untestable: [
      { pointer: '/properties/pattern', keyword: 'pattern', reason: `no text was found ${hostile}` },
    ],
  };
}
