import type { JsonObject } from '../../json/value.ts';
import type { Tool } from '../../tool.ts';
import { toCanonicalJson } from '../canonicalize.ts';
import type { ToolSource, UnservedTool } from '../contract.ts';
import { assignOperationIds } from './operation-id.ts';
import { assignOperationPaths } from './operation-path.ts';
import { translateSchema, type TranslationWarning } from '../schema/translate.ts';

/** A tool that becomes an operation. */
export interface ServedTool {
  readonly server: string;
  readonly tool: Tool;
  readonly operationId: string;
  readonly path: string;
  readonly input: JsonObject;
  /** Undefined when the tool declares no outputSchema. */
  readonly output: JsonObject | undefined;
  /** Component name → schema; the names start with the operationId. */
  readonly components: ReadonlyMap<string, JsonObject>;
}

/** Something in a served tool's schema that its author should know of. */
export interface ToolWarning {
  readonly server: string;
  readonly tool: string;
  /** JSON Pointer into the tool object as listed. */
  readonly pointer: string;
  readonly message: string;
}

/** All tools of all servers, told apart; each list in the order of server and tool name. */
export interface SortedTools {
  readonly served: readonly ServedTool[];
  readonly unserved: readonly UnservedTool[];
  readonly warnings: readonly ToolWarning[];
}

/** Names every tool's operation and translates its schemas. */
export function serveTools(sources: readonly ToolSource[]): SortedTools {
  const { listed, unserved } = toUniqueNames(sources);
  const keys = listed.map(({ server, tool }) => ({ server, tool: tool.name }));
  const ids = assignOperationIds(keys);
  const paths = assignOperationPaths(keys);
  const served: ServedTool[] = [];
  const warnings: ToolWarning[] = [];
  listed.forEach(({ server, tool }, index) => {
    const operationId = ids[index] ?? '';
    const outcome = translateTool(tool, operationId);
    const key = { server, tool: tool.name };
    if (outcome.kind === 'unservable') {
      unserved.push({ ...key, pointer: outcome.pointer, reason: outcome.reason });
      return;
    }
    warnings.push(...outcome.warnings.map((warning) => ({ ...key, ...warning })));
    served.push({ server, tool, operationId, path: paths[index] ?? '', ...outcome.schemas });
  });
  return { served, unserved: unserved.toSorted(compareUnserved), warnings };
}

interface Listed {
  readonly server: string;
  readonly tool: Tool;
}

type ToolSchemas = Pick<ServedTool, 'input' | 'output' | 'components'>;

type TranslatedTool =
  | {
      readonly kind: 'translated';
      readonly schemas: ToolSchemas;
      readonly warnings: readonly TranslationWarning[];
    }
  | { readonly kind: 'unservable'; readonly pointer: string; readonly reason: string };

/** A name stands for one tool of its server (MCP server/tools, "Tool Names"); which one does not depend on the order. */
function toUniqueNames(sources: readonly ToolSource[]): { listed: Listed[]; unserved: UnservedTool[] } {
  const listed: Listed[] = [];
  const unserved: UnservedTool[] = [];
  const byName = new Map<string, Listed[]>();
  for (const { server, tools } of sources) {
    for (const tool of tools) {
      const key = JSON.stringify([server, tool.name]);
      const group = byName.get(key);
      if (group === undefined) byName.set(key, [{ server, tool }]);
      else group.push({ server, tool });
    }
  }
  for (const group of byName.values()) {
    const [first, ...others] = group.length === 1 ? group : group.toSorted(compareContent);
    if (first !== undefined) listed.push(first);
    for (const { server, tool } of others) {
      unserved.push({
        server,
        tool: tool.name,
        pointer: '/name',
        reason: 'another tool of this server has the same name',
      });
    }
  }
  return { listed: listed.toSorted(compareNames), unserved };
}

function translateTool(tool: Tool, operationId: string): TranslatedTool {
  const input = translateSchema(tool.inputSchema, { namePrefix: `${operationId}.input` });
  if (input.kind === 'unservable') return { ...input, pointer: `/inputSchema${input.pointer}` };
  const warnings = toWarnings('/inputSchema', input.warnings);
  if (tool.outputSchema === undefined) {
    const schemas = { input: input.schema.root, output: undefined, components: input.schema.components };
    return { kind: 'translated', schemas, warnings };
  }
  const output = translateSchema(tool.outputSchema, { namePrefix: `${operationId}.output` });
  if (output.kind === 'unservable') return { ...output, pointer: `/outputSchema${output.pointer}` };
  const components = new Map([...input.schema.components, ...output.schema.components]);
  return {
    kind: 'translated',
    schemas: { input: input.schema.root, output: output.schema.root, components },
    warnings: [...warnings, ...toWarnings('/outputSchema', output.warnings)],
  };
}

function toWarnings(
  member: string,
  warnings: readonly TranslationWarning[] = [],
): readonly TranslationWarning[] {
  return warnings.map(({ pointer, message }) => ({ pointer: `${member}${pointer}`, message }));
}

function compareNames(a: Listed, b: Listed): number {
  return compare(a.server, b.server) || compare(a.tool.name, b.tool.name);
}

function compareContent(a: Listed, b: Listed): number {
  return compare(toContent(a.tool), toContent(b.tool));
}

function compareUnserved(a: UnservedTool, b: UnservedTool): number {
  return (
    compare(a.server, b.server) ||
    compare(a.tool, b.tool) ||
    compare(a.pointer, b.pointer) ||
    compare(a.reason, b.reason)
  );
}

function toContent(tool: Tool): string {
  try {
    // Listed tools were JSON; anything else is caught.
    return toCanonicalJson({ ...tool } as unknown as JsonObject);
  } catch {
    return ''; // an object graph with cycles; its schema is reported when it is translated
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
