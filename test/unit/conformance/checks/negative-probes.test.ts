import { expect, test } from 'vitest';
import { verify, type Finding } from '../../../../conformance/index.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../../src/index.ts';
import { answerWell, createMemoryTarget, echoTool } from '../memory-target.ts';
import { failing, saying } from './judged-call.ts';

const optionalTool: JsonObject = {
  name: 'list',
  description: 'Lists all',
  inputSchema: { type: 'object', properties: { limit: { type: 'integer' } } },
  annotations: { readOnlyHint: true },
};

/** Answers a call: by its name and by its arguments as they were sent. */
type Answer = (name: JsonValue | undefined, args: JsonValue | undefined) => JsonObject;

test('an unknown tool that is refused by isError or -32602 is right', async () => {
  expect(await findOn('negative/unknown-tool', echoTool, () => () => failing('Unknown tool'))).toEqual([]);
  expect(await findOn('negative/unknown-tool', echoTool, () => refuseBy(-32602))).toEqual([]);
});

test('an unknown tool that is refused with another code is a warning', async () => {
  const [finding] = await findOn('negative/unknown-tool', echoTool, () => refuseBy(-32601));
  expect(finding).toMatchObject({ severity: 'warning', title: expect.stringContaining('another code') });
});

test('a server that answers for tools that do not exist is found once for each kind of name', async () => {
  const findings = await findOn('negative/unknown-tool', echoTool, () => () => saying('nothing to do'));
  expect(findings.map(({ severity }) => severity)).toEqual(['error', 'error', 'error']);
});

test('null and absence are taken for no arguments where none are required', async () => {
  expect(await findOn('negative/arguments-object', optionalTool, () => takeNothing)).toEqual([]);
});

test('what is no object is refused, and absence where something is required', async () => {
  const optional = await findOn('negative/arguments-object', optionalTool, () => () => saying('all'));
  expect(optional.map(({ severity }) => severity)).toEqual(['warning']);
  const required = await findOn('negative/arguments-object', echoTool, () => () => saying('all'));
  expect(required.map(({ severity }) => severity)).toEqual(['error', 'error', 'error']);
});

test('a call without arguments that is refused, though none is required, is a warning', async () => {
  const [finding] = await findOn('negative/arguments-object', optionalTool, () => takeObjects);
  expect(finding).toMatchObject({ severity: 'warning', title: expect.stringContaining('without arguments') });
});

test('a good call that changes its answer after a bad one is found, with the line of the bad one', async () => {
  const findings = await findOn('negative/poisoning', echoTool, () => {
    let failures = 0;
    return (_name, args) => {
      const isGood = isJsonObject(args) && typeof args['text'] === 'string';
      if (isGood) return saying(`after ${failures} failures`);
      failures += 1;
      return failing('text must be a string');
    };
  });
  expect(findings).toHaveLength(1);
  expect(findings[0]?.lines.filter(({ direction }) => direction === 'sent')).toHaveLength(2);
});

test('an answer that a server started anew changes too proves nothing', async () => {
  let calls = 0;
  const answer: Answer = (_name, args) => {
    calls += 1;
    // As a clock that has moved on: the same for a while, and never again.
    return isJsonObject(args) ? saying(`tick ${Math.floor(calls / 4)}`) : failing('must be an object');
  };
  expect(await findOn('negative/poisoning', echoTool, () => answer)).toEqual([]);
});

function refuseBy(code: number): Answer {
  return () => ({ error: { code, message: 'Unknown tool' } });
}

function takeObjects(_name: unknown, args: JsonValue | undefined): JsonObject {
  return isJsonObject(args) ? saying('all') : failing('must be an object');
}

function takeNothing(name: unknown, args: JsonValue | undefined): JsonObject {
  return takeObjects(name, args ?? {});
}

async function findOn(check: string, tool: JsonObject, start: () => Answer): Promise<readonly Finding[]> {
  let answer = start();
  const target = createMemoryTarget((message, server) => {
    const { id, method, params } = message;
    if (method === 'initialize') answer = start();
    if (method !== 'tools/call') {
      const text = answerWell(message, [tool]);
      if (text !== undefined) server.send(text);
      return;
    }
    const { name, arguments: args } = isJsonObject(params)
      ? params
      : { name: undefined, arguments: undefined };
    const said = answer(name, args);
    const body = 'error' in said ? said : { result: said };
    server.send(JSON.stringify({ jsonrpc: '2.0', id: id ?? null, ...body }));
  });
  const findings: Finding[] = [];
  for await (const event of verify({
    target,
    seed: 1,
    checks: [check],
    phases: [],
    requestTimeoutMs: 5_000,
  })) {
    if (event.kind === 'finding') findings.push(event.finding);
  }
  return findings;
}
