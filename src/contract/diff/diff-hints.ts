import type { JsonValue } from '../../json/value.ts';
import { addChange, addEditorialChanges, memberOf, type Both, type Differ, type Scope } from './differ.ts';

/** What a hint promises beyond the worst case that its default stands for (MCP schema, ToolAnnotations). */
const promises: readonly {
  readonly hint: string;
  readonly isKept: (annotations: JsonValue | undefined) => boolean;
  readonly made: string;
  readonly withdrawn: string;
}[] = [
  {
    hint: 'readOnlyHint',
    isKept: (hints) => memberOf(hints, 'readOnlyHint') === true,
    made: 'the tool is read-only now',
    withdrawn: 'the tool is no longer read-only',
  },
  {
    hint: 'destructiveHint',
    isKept: (hints) => isReadOnly(hints) || memberOf(hints, 'destructiveHint') === false,
    made: 'the tool no longer destroys anything',
    withdrawn: 'the tool may now overwrite or delete',
  },
  {
    hint: 'idempotentHint',
    isKept: (hints) => isReadOnly(hints) || memberOf(hints, 'idempotentHint') === true,
    made: 'the tool is idempotent now',
    withdrawn: 'the tool is no longer idempotent: calls are not repeated',
  },
  {
    hint: 'openWorldHint',
    isKept: (hints) => memberOf(hints, 'openWorldHint') === false,
    made: 'the tool keeps to a closed world now',
    withdrawn: 'the tool may now reach the open world',
  },
];

/**
 * Compares `x-mcp-annotations`: clients decide by them what runs unasked, so a promise that is withdrawn breaks them.
 * The hints on destruction and repetition mean nothing for a read-only tool.
 */
export function diffHints(differ: Differ, scope: Scope, both: Both): void {
  const [a, b] = both;
  const changed = new Set<string>();
  for (const { hint, isKept, made, withdrawn } of promises) {
    const [was, is] = [isKept(a), isKept(b)];
    if (was === is) continue;
    changed.add(hint);
    addChange(
      differ,
      scope,
      is ? 'compatible' : 'breaking',
      ['x-mcp-annotations', hint],
      is ? made : withdrawn,
    );
  }
  const inside = { ...scope, pointer: `${scope.pointer}/x-mcp-annotations` };
  addEditorialChanges(differ, inside, both, (name) => !changed.has(name));
}

function isReadOnly(hints: JsonValue | undefined): boolean {
  return memberOf(hints, 'readOnlyHint') === true;
}
