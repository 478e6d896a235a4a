import { expect, test } from 'vitest';
import { createJunitReporter } from '../../../../conformance/reporters/junit.ts';
import { events } from './event-fixture.ts';
import { render } from './render.ts';
import { parseXml, type Element } from './parse-xml.ts';

/** Elements that Jenkins knows here: their attributes, those marked `!` required, and what may stand in them. */
const known: Readonly<
  Record<string, { readonly attributes: readonly string[]; readonly within: readonly string[] }>
> = {
  testsuites: { attributes: ['name', 'time', 'tests', 'failures', 'errors'], within: ['testsuite'] },
  testsuite: {
    attributes: ['name!', 'tests!', 'failures!', 'errors!', 'skipped', 'time', 'timestamp'],
    within: ['properties', 'testcase'],
  },
  properties: { attributes: [], within: ['property'] },
  property: { attributes: ['name!', 'value!'], within: [] },
  testcase: {
    attributes: ['name!', 'classname', 'time'],
    within: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  skipped: { attributes: ['type', 'message'], within: [] },
  error: { attributes: ['type', 'message'], within: [] },
  failure: { attributes: ['type', 'message'], within: [] },
  'system-out': { attributes: [], within: [] },
};

const text = render(createJunitReporter);
const root = parseXml(text);

test('is well-formed and has only what Jenkins knows, where it knows it, whatever servers say', () => {
  expect(root.name).toBe('testsuites');
  visit(root);
  // XML 1.0 section 2.2, and what reorders lines.
  expect(text).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|[\u202a-\u202e]/u);
});

test('the counts of suites are those of their cases', () => {
  for (const suite of root.children) {
    const cases = suite.children.filter(({ name }) => name === 'testcase');
    const having = (kind: string): number =>
      cases.filter(({ children }) => children.some(({ name }) => name === kind)).length;
    expect(suite.attributes).toMatchObject({
      tests: String(cases.length),
      failures: String(having('failure')),
      errors: String(having('error')),
      skipped: String(having('skipped')),
    });
  }
});

test('a suite stands for a group, and a case for a check on a tool', () => {
  const names = root.children.map(({ attributes }) => attributes['name']);
  expect(names).toContain('first 1.0.0 wire');
  expect(caseOf('wire/ping')).toMatchObject({ attributes: { classname: 'first 1_0_0.wire' }, children: [] });
  expect(caseOf('wire/one-response [echo]')?.children).toEqual([]);
});

test('what was not exercised, or not called, is skipped with its reason', () => {
  expect(caseOf('listing/bad-cursor')?.children).toMatchObject([
    { name: 'skipped', attributes: { message: 'the server lists its tools on one page' } },
  ]);
  expect(caseOf('negative/rejected [write]')?.children).toMatchObject([
    { name: 'skipped', attributes: { message: 'not called: it does not say that it is read-only' } },
  ]);
});

test('a finding is a failure that tells what was expected and seen, and how to replay it', () => {
  const [failure, output] = caseOf('behaviour/idempotent [echo]')?.children ?? [];
  expect(failure).toMatchObject({ name: 'failure', attributes: { type: 'error' } });
  expect(failure?.text).toMatch(/expected: .*\nseen: .*\n[^]*replay: mcpo-verify replay a1b2c3d4e5f6/);
  // The other one is known.
  expect(output?.name).toBe('system-out');
});

test('what is flaky passes, and is told', () => {
  const children = caseOf('wire/one-response [reset]')?.children ?? [];
  expect(children.map(({ name }) => name)).toEqual(['system-out']);
  expect(children[0]?.text).toContain('flaky error: A valid call');
});

test('a server that does not start is an error, and so is a finding of the baseline that is gone', () => {
  expect(caseOf('server starts')?.children).toMatchObject([
    { name: 'error', attributes: { message: 'command not found: no-such-server' } },
  ]);
  expect(caseOf('baseline ffffffffffff')?.children[0]?.name).toBe('error');
});

test('a run without an end is an error', () => {
  const cut = parseXml(render(createJunitReporter, events.slice(0, 15)));
  expect(cut.attributes['errors']).toBe('1');
});

function caseOf(name: string): Element | undefined {
  return root.children
    .flatMap(({ children }) => children)
    .find(({ attributes }) => attributes['name'] === name);
}

function visit({ name, attributes, children }: Element): void {
  const { attributes: names = [], within = [] } = known[name] ?? {};
  expect(Object.keys(known)).toContain(name);
  expect(names.map((one) => one.replace('!', ''))).toEqual(expect.arrayContaining(Object.keys(attributes)));
  const required = names.filter((one) => one.endsWith('!')).map((one) => one.slice(0, -1));
  expect(Object.keys(attributes)).toEqual(expect.arrayContaining(required));
  for (const child of children) {
    expect(within).toContain(child.name);
    visit(child);
  }
}
