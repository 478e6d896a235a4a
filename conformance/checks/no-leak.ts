import { isJsonObject, type JsonObject, type JsonValue } from '../../src/index.ts';
import type { FindingDraft } from '../findings/finding.ts';
import { errorTextOf } from '../fuzzing/read-answer.ts';
import type { JudgedCall } from '../fuzzing/test-call.ts';
import type { WireLine } from '../target/wire-event.ts';
import type { CallCheck } from './check.ts';
import { quote, toLines } from './evidence.ts';

export const noLeak: CallCheck = {
  kind: 'call',
  id: 'negative/no-leak',
  title: 'Errors give away nothing of the inside of the server',
  group: 'negative',
  severity: 'error',
  requirement: 'outputs-are-sanitized',
  intents: ['valid', 'hostile', 'invalid'],
  unexercised: 'no call was made',
  judge: (call) => {
    const text = withoutOwn(toErrorText(call), call.arguments);
    return text === '' ? [] : [...findSecret(text, call), ...findStack(text), ...findPath(text)];
  },
};

/** Longer ones are not read to their end. */
const READ_CHARACTERS = 20_000;

function toErrorText({ reply }: JudgedCall): string {
  const data = reply.kind === 'error' && isJsonObject(reply.error) ? reply.error['data'] : undefined;
  const texts = [errorTextOf(reply), ...(data === undefined ? [] : toStrings(data))];
  return texts.join('\n').trim().slice(0, READ_CHARACTERS);
}

/** The text without what the caller sent: an error may well repeat it. */
function withoutOwn(text: string, args: JsonObject): string {
  if (text === '') return text;
  let rest = text;
  for (const own of toStrings(args)) {
    if (own.length > 2) rest = rest.replaceAll(own, '…').replaceAll(JSON.stringify(own).slice(1, -1), '…');
  }
  return rest;
}

function toStrings(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap(toStrings);
  return isJsonObject(value)
    ? Object.entries(value).flatMap(([name, member]) => [name, ...toStrings(member)])
    : [];
}

/** Lines of traces as runtimes write them; within JSON a line begins after an escaped line feed. */
const stackFrames: readonly RegExp[] = [
  // JavaScript, the JVM, .NET
  /(?:^|\n|\\n)\s*at (?:async )?(?:[^\n]{0,200}?\()?(?:file:\/\/|node:|\/|[A-Za-z]:\\)[^\n)]{1,300}:\d+:\d+\)?/,
  /(?:^|\n|\\n)\s*at [\w$.<>]+\([\w$]+\.(?:java|kt|scala):\d+\)/,
  /(?:^|\n|\\n)\s*at [^\n]{1,300} in [^\n]{1,300}:line \d+/,
  // Python, Go, Rust, Ruby, PHP
  /Traceback \(most recent call last\)|File \\?"[^"\n]{1,300}\\?", line \d+/,
  /goroutine \d+ \[|\/[\w./-]+\.go:\d+ \+0x/,
  /panicked at [^\n]{0,300}\.rs:\d+:\d+/,
  /\.rb:\d+:in [`']|#\d+ [^\n]{1,300}\.php\(\d+\): /,
];

function findStack(text: string): readonly FindingDraft[] {
  const frame = firstMatch(stackFrames, text);
  if (frame === undefined) return [];
  return [
    {
      variant: 'stack trace',
      title: 'An error shows a stack trace',
      expected: 'what went wrong, in words for the caller',
      seen: quote(frame.trim()),
    },
  ];
}

/**
 * Places where programs are installed, and files of programs; folders that a server is there to work with are its
 * callers' business.
 */
const programPaths: readonly RegExp[] = [
  /(?:\/|[A-Za-z]:\\)[^\s"'`:]*[\\/](?:node_modules|site-packages|dist-packages|\.venv)[\\/][^\s"'`:,)]+/,
  /\/(?:usr|opt|srv|app|home|root|var|Users|workspace|build)\/[^\s"'`:]*\.(?:[cm]?[jt]sx?|py|go|rs|rb|java|php|cs)\b/,
  /[A-Za-z]:\\[^\s"'`:]*\.(?:[cm]?[jt]sx?|py|go|rs|rb|java|php|cs|dll|exe)\b/,
];

function findPath(text: string): readonly FindingDraft[] {
  // A trace is told of already.
  const path = firstMatch(stackFrames, text) === undefined ? firstMatch(programPaths, text) : undefined;
  if (path === undefined) return [];
  return [
    {
      variant: 'path',
      title: 'An error shows where the program lies on its machine',
      expected: 'what went wrong, in words for the caller',
      seen: quote(path),
      severity: 'warning',
    },
  ];
}

/** Forms that only credentials have. */
const secrets: readonly (readonly [string, RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/],
  ['a key of AWS', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a token of GitHub', /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})/],
  ['a token of Slack', /\bxox[abposr]-[A-Za-z0-9-]{10,}/],
  ['a key of Google', /\bAIza[\w-]{35}/],
  ['an API key', /\bsk-(?:[A-Za-z]+-)*[A-Za-z0-9_]{20,}/],
  ['a JSON web token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/],
  ['a bearer token', /\bBearer [\w.~+/-]{20,}=*/],
  ['a password in a URL', /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]{1,100}:[^\s:@/]{3,100}@/],
  ['a password', /\b(?:password|passwd|pwd|secret|api_?key|token)=(?!\*+|…)[^\s&;,'"]{6,}/i],
];

function findSecret(text: string, call: JudgedCall): readonly FindingDraft[] {
  for (const [name, pattern] of secrets) {
    const secret = pattern.exec(text)?.[0];
    if (secret === undefined) continue;
    // A report must not spread it further.
    const shown = `${secret.slice(0, 6)}…`;
    const hide = (line: WireLine): WireLine => ({ ...line, text: line.text.replaceAll(secret, shown) });
    return [
      {
        variant: name,
        title: `An error shows ${name}`,
        expected: 'no secret',
        seen: `${shown} (${secret.length} characters; kept out of this report)`,
        lines: toLines(call.pending, call.reply).map(hide),
      },
    ];
  }
  return [];
}

function firstMatch(patterns: readonly RegExp[], text: string): string | undefined {
  for (const pattern of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return match[0];
  }
  return undefined;
}
