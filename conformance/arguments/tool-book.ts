import { buildDocument, isJsonObject, type JsonObject } from '../../src/index.ts';
import { createGenerator, type Generator, type Untestable } from '../arbitraries/create-generator.ts';
import type { ToolSettings } from '../options.ts';
import { settingsOf } from '../settings/settings-of.ts';
import type { ListedTool } from '../target/list-tools.ts';
import type { ArgumentSource } from './argument-source.ts';

/** Valid arguments, and why they are worth a try. */
export interface ValidArguments {
  readonly value: JsonObject;
  readonly what: string;
}

/** What is known of each tool: what the user said of it, and how arguments for it are made. */
export class ToolBook implements ArgumentSource {
  readonly #settings: Readonly<Record<string, ToolSettings>>;
  readonly #seed: number;
  readonly #generators = new Map<string, Generator | Untestable>();

  constructor(settings: Readonly<Record<string, ToolSettings>>, seed: number) {
    this.#settings = settings;
    this.#seed = seed;
  }

  /** What was said of the tool, or of a pattern that its name matches. */
  settingsOf({ name }: ListedTool): ToolSettings {
    return settingsOf(this.#settings, name);
  }

  generatorOf(tool: ListedTool): Generator | Untestable {
    let generator = this.#generators.get(tool.name);
    if (generator === undefined) {
      // What no schema names means something else to every server.
      generator = createGenerator(tool.source['inputSchema'], { seed: this.#seed, hasStrangers: false });
      this.#generators.set(tool.name, generator);
    }
    return generator;
  }

  argumentsFor(tool: ListedTool, count: number): readonly JsonObject[] {
    const found: JsonObject[] = [];
    for (const { value } of this.coverage(tool)) {
      found.push(value);
      if (found.length === count) break;
    }
    return found;
  }

  /** Different valid arguments, the same ones each time, what matters most first. */
  *coverage(tool: ListedTool): Iterable<ValidArguments> {
    const seen = new Set<string>();
    for (const { value, what } of this.#candidates(tool)) {
      const fixed = this.withFixed(tool, value);
      const text = JSON.stringify(fixed);
      if (fixed === undefined || seen.has(text)) continue;
      seen.add(text);
      yield { value: fixed, what };
    }
  }

  /** The value with the members that the user fixed; undefined when that is no longer valid, or is no object. */
  withFixed(tool: ListedTool, value: unknown): JsonObject | undefined {
    if (!isJsonObject(value)) return undefined;
    const { arguments: fixed } = this.settingsOf(tool);
    if (fixed === undefined) return value;
    const merged = { ...value, ...fixed };
    const generator = this.generatorOf(tool);
    return generator.kind === 'untestable' || generator.judge(merged) !== 'invalid' ? merged : undefined;
  }

  *#candidates(tool: ListedTool): Iterable<{ readonly value: unknown; readonly what: string }> {
    const { arguments: fixed, examples = [] } = this.settingsOf(tool);
    for (const value of examples) yield { value, what: 'an example of yours' };
    for (const value of findExamples(tool)) yield { value, what: 'the example of the contract' };
    const generator = this.generatorOf(tool);
    if (generator.kind === 'generator') yield* generator.coverage();
    // Whatever the schema may be, this is what the user wants to be sent.
    if (fixed !== undefined) yield { value: fixed, what: 'your arguments' };
  }
}

/** The example that the tool's contract shows; none where it has none. */
function findExamples(tool: ListedTool): readonly JsonObject[] {
  const { inputSchema } = tool.source;
  const source = { server: '', tools: [{ name: tool.name, inputSchema }] };
  const { document } = buildDocument({ sources: [source] });
  const [path] = Object.values(toObject(document['paths']));
  const body = toObject(toObject(toObject(path)['post'])['requestBody']);
  const { example } = toObject(toObject(body['content'])['application/json']);
  return isJsonObject(example) ? [example] : [];
}

function toObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
