import { isJsonObject, type JsonObject } from '../../src/index.ts';
import type { Observer } from './check.ts';

export const notificationsDeclared: Observer = {
  kind: 'observer',
  id: 'wire/notifications-declared',
  title: 'Notifications belong to declared capabilities',
  group: 'wire',
  severity: 'error',
  requirement: 'notifications-declared',
  unexercised: 'the server sent no such notification',
  watch:
    ({ report, exercise, server }) =>
    (event) => {
      if (event.kind !== 'received' || event.received.kind !== 'notification') return;
      const { method } = event.received;
      const path = capabilityPaths.get(method);
      const facts = server();
      if (path === undefined || facts === undefined) return;
      exercise();
      if (isDeclared(facts.capabilities, path)) return;
      report({
        variant: method,
        title: `${method} is sent without its capability`,
        expected: `the capability ${path.join('.')} in the result of initialize`,
        seen: `capabilities ${JSON.stringify(facts.capabilities)}`,
        lines: [event.line],
      });
    },
};

/** A capability is an object; what it consists of is true or false. */
function isDeclared(capabilities: JsonObject, [name = '', part]: readonly string[]): boolean {
  const capability = capabilities[name];
  if (!isJsonObject(capability)) return false;
  return part === undefined || capability[part] === true;
}

const capabilityPaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['notifications/message', ['logging']],
  ['notifications/tools/list_changed', ['tools', 'listChanged']],
  ['notifications/prompts/list_changed', ['prompts', 'listChanged']],
  ['notifications/resources/list_changed', ['resources', 'listChanged']],
  ['notifications/resources/updated', ['resources', 'subscribe']],
]);
