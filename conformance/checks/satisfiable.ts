import { isJsonObject } from '../../src/index.ts';
import { exercised, type Probe } from './check.ts';

export const satisfiable: Probe = {
  kind: 'probe',
  id: 'listing/satisfiable',
  title: 'There are arguments that satisfy each input schema',
  group: 'listing',
  // That no value was found does not prove that there is none.
  severity: 'warning',
  requirement: 'schemas-satisfiable',
  run: async ({ tools, generatorOf, report }) => {
    for (const tool of tools) {
      const { inputSchema } = tool.source;
      // Schemas that cannot be read are for checks of their own.
      if (!isJsonObject(inputSchema)) continue;
      const generator = generatorOf(tool);
      if (generator.kind === 'untestable' && generator.isUnsatisfied) {
        report({
          variant: 'inputSchema',
          title: 'No arguments satisfy the input schema',
          tool: tool.name,
          expected: 'a value that the input schema accepts, so that the tool can be called',
          seen: `${generator.reason}: its keywords may contradict each other`,
        });
      }
      // Some schemas take long, and signals want to be heard.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return tools.length === 0
      ? { kind: 'not-exercised', reason: 'the server lists no tools' }
      : { ...exercised, tools: tools.map(({ name }) => name) };
  },
};
