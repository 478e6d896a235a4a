import type { FindingDraft } from '../findings/finding.ts';
import type { ListedTool } from '../target/list-tools.ts';
import { exercised, type CheckInfo, type Probe } from './check.ts';

/** What is wrong with a tool as it is listed. */
export type ToolFault = Omit<FindingDraft, 'tool' | 'lines'>;

/** A check that looks at each listed tool, and sends nothing. */
export function createToolCheck(
  info: Omit<CheckInfo, 'group'>,
  judge: (tool: ListedTool) => readonly ToolFault[],
): Probe {
  return {
    kind: 'probe',
    group: 'listing',
    ...info,
    run: ({ tools, report }) => {
      for (const tool of tools) {
        for (const fault of judge(tool)) report({ ...fault, tool: tool.name });
      }
      return Promise.resolve(
        tools.length === 0
          ? { kind: 'not-exercised', reason: 'the server lists no tools' }
          : { ...exercised, tools: tools.map(({ name }) => name) },
      );
    },
  };
}
