import { InvalidArgumentError } from 'commander';
import { isJsonObject, parseDuration, type JsonObject, type RemoteServerSettings } from '../../src/index.ts';
import { phases, type Phase } from '../fuzzing/test-call.ts';

/** `a,b`, as often as it is said. */
export function toList(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, ...text.split(',').filter((part) => part !== '')];
}

/** A whole number from `min` on. */
export function toWhole(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
      throw new InvalidArgumentError(`write a whole number from ${min} on`);
    }
    return value;
  };
}

/** Milliseconds; a bare number counts seconds. */
export function toDuration(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    // The option's name comes before it, and the text.
    throw new InvalidArgumentError('write a time as in 90s or 5m');
  }
}

/** `coverage,fuzzing`, in the order in which they are done. */
export function toPhases(text: string, previous: readonly Phase[] = []): readonly Phase[] {
  const wanted = new Set<string>(toList(text, previous));
  for (const word of wanted) {
    if (phases.every((phase) => phase !== word)) {
      throw new InvalidArgumentError(`known phases are ${phases.join(', ')}`);
    }
  }
  return phases.filter((phase) => wanted.has(phase));
}

/** `tool={…}`, as often as it is said. */
export function toArguments(
  text: string,
  previous: Readonly<Record<string, JsonObject>> = {},
): Readonly<Record<string, JsonObject>> {
  const [tool, json] = splitPair(text, 'write them as echo={"message":"hi"}');
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new InvalidArgumentError('what follows the equals sign is not JSON');
  }
  if (!isJsonObject(value)) throw new InvalidArgumentError('arguments are a JSON object');
  return { ...previous, [tool]: value };
}

/** `NAME=value`, as often as it is said. */
export function toEnv(
  text: string,
  previous: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [name, value] = splitPair(text, 'write it as NAME=value');
  return { ...previous, [name]: value };
}

/** Texts, as often as it is said; what they say is judged where no error repeats them. */
export function toTexts(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, text];
}

/** How a URL is spoken to; the spellings of mcpo, and `http`, mean streamable HTTP. */
export function toRemoteType(text: string): RemoteServerSettings['type'] {
  switch (text.toLowerCase()) {
    case 'auto':
      return 'auto';
    case 'sse':
      return 'sse';
    case 'http':
    case 'streamable-http':
    case 'streamable_http':
    case 'streamablehttp':
      return 'streamable-http';
    default:
      throw new InvalidArgumentError('write auto, sse or streamable-http');
  }
}

/** What stands before the first equals sign, and after it. */
export function splitPair(text: string, advice: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(advice);
  return [text.slice(0, at), text.slice(at + 1)];
}
