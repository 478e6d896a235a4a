import { listTools } from '../target/list-tools.ts';
import { exercised, type Probe } from './check.ts';

export const uniqueNames: Probe = {
  kind: 'probe',
  id: 'listing/unique-names',
  title: 'A tool name stands for one tool',
  group: 'listing',
  severity: 'error',
  requirement: 'tool-names-unique',
  run: async ({ session, report }) => {
    const { pages } = await listTools(await session());
    for (const { tools, line } of pages) {
      const names = tools.map(({ name }) => name);
      const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
      for (const name of repeated) {
        report({
          variant: 'name',
          title: 'Two tools have the same name',
          tool: name,
          expected: 'a name for each tool',
          seen: `${JSON.stringify(name)} ${names.filter((other) => other === name).length} times on one page`,
          lines: [line],
        });
      }
    }
    return pages.length === 0 ? { kind: 'not-exercised', reason: 'tools/list gave no page' } : exercised;
  },
};
