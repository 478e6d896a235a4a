import { expect, test } from 'vitest';
import { ask, createCompatGateway, echoing, type CompatAnswer } from './compat-gateway.ts';

const integer = { type: 'integer' };
const text = { type: 'string' };

/** What the tool got, as text; or the errors. */
async function sendTo(inputSchema: unknown, body: string): Promise<unknown> {
  const gateway = await createCompatGateway([echoing(inputSchema)]);
  const answer = await ask(gateway, '/echo', body);
  await gateway.app.close();
  return answer.status === 200 ? gateway.upstream.calls[0]?.argumentsJson : errorsOf(answer);
}

function errorsOf(answer: CompatAnswer): unknown {
  expect([answer.status, answer.headers['content-type']]).toEqual([422, 'application/json']);
  return (answer.json() as { readonly detail: unknown }).detail;
}

function properties(members: Readonly<Record<string, unknown>>, rest: object = {}): object {
  return { type: 'object', properties: members, ...rest };
}

test.each([
  [integer, '" +5 "', '5'],
  [integer, '"5.0"', '5'],
  [integer, '5.0', '5'],
  [integer, '5e0', '5'],
  [integer, 'true', '1'],
  [integer, '"1_000"', '1000'],
  [{ type: 'number' }, '"1.5e3"', '1500'],
  [{ type: 'number' }, '5', '5'],
  [{ type: 'boolean' }, '"oFF"', 'false'],
  [{ type: 'boolean' }, '1', 'true'],
  [{ type: ['string', 'integer'] }, '"5"', '"5"'],
  [{ type: ['boolean', 'integer'] }, '1', '1'],
  [{ anyOf: [integer, { type: 'null' }] }, '"7"', '7'],
  [{ type: 'array', items: integer }, '["1",2]', '[1,2]'],
])('as %j, %s reaches the tool as %s (COMPAT-05)', async (schema, sent, got) => {
  expect(await sendTo(properties({ x: schema }), `{"x":${sent}}`)).toBe(`{"x":${got}}`);
});

test.each([
  [text, '5', 'string_type'],
  [integer, '"x"', 'int_parsing'],
  [integer, '5.5', 'int_from_float'],
  [integer, '[]', 'int_type'],
  [integer, 'null', 'int_type'],
  [{ type: 'number' }, '"nan"', 'float_parsing'],
  [{ type: 'number' }, '{}', 'float_type'],
  [{ type: 'boolean' }, '2', 'bool_parsing'],
  [{ type: 'boolean' }, '0.5', 'bool_type'],
  [{ type: 'array' }, '"x"', 'list_type'],
  [{ type: 'object' }, '[]', 'dict_type'],
  [properties({ y: text }), '5', 'model_attributes_type'],
  [{ type: 'null' }, '5', 'none_required'],
])('as %j, %s is refused as %s (COMPAT-06)', async (schema, sent, type) => {
  const errors = await sendTo(properties({ x: schema }), `{"x":${sent}}`);
  expect(errors).toMatchObject([{ type, loc: ['body', 'x'], input: JSON.parse(sent) }]);
});

test('errors come in the order of the properties, with the branches of a union in their places (COMPAT-06)', async () => {
  const schema = properties(
    {
      z: text,
      a: { anyOf: [integer, { type: 'array', items: text }] },
      m: properties({ y: integer }, { required: ['y'] }),
    },
    { required: ['z', 'a'] },
  );
  expect(await sendTo(schema, '{"a":[1],"m":{"w":2}}')).toMatchObject([
    { type: 'missing', loc: ['body', 'z'], input: { a: [1] } },
    { type: 'int_type', loc: ['body', 'a', 'int'], input: [1] },
    { type: 'string_type', loc: ['body', 'a', 'list[str]', 0], input: 1 },
    { type: 'missing', loc: ['body', 'm', 'y'], input: { w: 2 } },
  ]);
});

test('keys that nobody knows and nulls of optional keys are dropped, defaults filled in, also inside (COMPAT-05)', async () => {
  const inner = properties({ k: { anyOf: [text, { type: 'null' }] }, d: { ...integer, default: 3 } });
  const schema = properties({
    m: inner,
    list: { type: 'array', items: inner },
    n: { type: ['string', 'null'] },
  });
  const sent = '{"m":{"k":null,"zz":1},"list":[{"d":1,"zz":2}],"n":null,"zz":{}}';
  expect(await sendTo(schema, sent)).toBe('{"m":{"d":3},"list":[{"d":1}]}');
});

test('of a union the branch with the most fields is taken; keys of the others stay (COMPAT-05, COMPAT-23)', async () => {
  const one = properties({ p: integer }, { required: ['p'] });
  const two = properties({ p: integer, q: integer }, { required: ['p'] });
  const schema = properties({ u: { anyOf: [one, two] } });
  expect(await sendTo(schema, '{"u":{"p":"1","q":"2","zz":0}}')).toBe('{"u":{"p":1,"q":2}}');
});

test('a null of a required key stays, and keys where the schema says what others are like (COMPAT-23)', async () => {
  const schema = properties(
    { n: { type: ['string', 'null'] }, open: properties({ x: integer }, { additionalProperties: true }) },
    { required: ['n'] },
  );
  const sent = '{"n":null,"open":{"x":1,"y":2}}';
  expect(await sendTo(schema, sent)).toBe(sent);
});

test('a default that other rules forbid is not filled in, and a key that they ask for not dropped (COMPAT-23)', async () => {
  const either = properties(
    { a: text, b: { ...text, default: 'x' } },
    { oneOf: [{ required: ['a'] }, { required: ['b'] }] },
  );
  expect(await sendTo(either, '{"a":"1","zz":2}')).toBe('{"a":"1"}');
  const asked = properties({ a: text }, { required: ['a'], minProperties: 2 });
  expect(await sendTo(asked, '{"a":"1","zz":2}')).toBe('{"a":"1","zz":2}');
});

test.each([
  [{ type: 'string', enum: ['a'] }, '"b"', 'literal_error', 'Input should be one of "a"'],
  [{ const: 5 }, '6', 'literal_error', 'Input should be 5'],
  [{ ...integer, minimum: 1 }, '0', 'greater_than_equal', 'Input should be >= 1'],
  [{ ...integer, exclusiveMaximum: 3 }, '3', 'less_than', 'Input should be < 3'],
  [{ ...text, minLength: 2 }, '"a"', 'string_too_short', 'Input should not have fewer than 2 characters'],
  [{ ...text, pattern: '^a' }, '"b"', 'string_pattern_mismatch', 'Input should match the pattern ^a'],
  [{ type: 'array', items: {}, maxItems: 1 }, '[1,2]', 'too_long', 'Input should not have more than 1 items'],
  [{ type: 'array', uniqueItems: true }, '[1,1]', 'value_error', 'Input should not have two equal items'],
])('%j still refuses %s, as %s (COMPAT-20)', async (schema, sent, type, msg) => {
  const errors = await sendTo(properties({ x: schema }), `{"x":${sent}}`);
  expect(errors).toEqual([{ type, loc: ['body', 'x'], msg, input: JSON.parse(sent) }]);
});

test('what a map holds is checked, and a root that is a map has arguments (COMPAT-20, COMPAT-21)', async () => {
  const map = { type: 'object', additionalProperties: integer };
  expect(await sendTo(map, '{"a~/b":"x"}')).toMatchObject([{ loc: ['body', 'a~/b'], input: 'x' }]);
  expect(await sendTo(map, '{"a":1}')).toBe('{"a":1}');
});

test('numbers keep their digits beside what changes, and in what an error repeats (COMPAT-24)', async () => {
  const schema = properties({ n: { type: 'number' }, i: integer, s: integer, t: text, d: { default: 1 } });
  const big = '123456789012345678901234567890';
  expect(await sendTo(schema, `{"n": 1.50, "i": ${big}, "s": "${big}"}`)).toBe(
    `{"n":1.50,"i":${big},"s":${big},"d":1}`,
  );
  const gateway = await createCompatGateway([echoing(schema)]);
  expect((await ask(gateway, '/echo', `{"t": [ ${big} , 1.50 ]}`)).text).toContain(`"input":[${big},1.50]}`);
});

test.each([undefined, '', 'null'])(
  'a body of %j is missing, though nothing is required (COMPAT-06)',
  async (body) => {
    const gateway = await createCompatGateway([echoing(properties({ a: text }))]);
    expect(errorsOf(await ask(gateway, '/echo', body))).toEqual([
      { type: 'missing', loc: ['body'], msg: 'Field required', input: null },
    ]);
  },
);

test('malformed JSON is told with its offset (COMPAT-07)', async () => {
  const gateway = await createCompatGateway([echoing(properties({ a: text }))]);
  const ctx = { error: 'Expecting value' };
  expect(errorsOf(await ask(gateway, '/echo', '{"a":'))).toEqual([
    { type: 'json_invalid', loc: ['body', 5], msg: 'JSON decode error', input: {}, ctx },
  ]);
});

test('a body of another type is a text; without a type it is JSON (COMPAT-08)', async () => {
  const gateway = await createCompatGateway([echoing(properties({ a: text }))]);
  const plain = await ask(gateway, '/echo', '{"a":"b"}', { 'content-type': 'text/plain' });
  expect(errorsOf(plain)).toMatchObject([
    { type: 'model_attributes_type', loc: ['body'], input: '{"a":"b"}' },
  ]);
  for (const type of ['application/json; charset=latin-1', 'application/vnd.x+json', '']) {
    const headers = type === '' ? {} : { 'content-type': type };
    expect((await ask(gateway, '/echo', Buffer.from('{"a":"b"}'), headers)).status).toBe(200);
  }
});

test.each([
  ['{"a":1,"a":2}', /names the key "a" twice/],
  ['{"a":NaN}', /not JSON/],
  [Buffer.from([0x22, 0xff, 0x22]), /error parsing the body/],
])('%s is 400 (COMPAT-28)', async (body, said) => {
  const gateway = await createCompatGateway([echoing(properties({ a: text }))]);
  const answer = await ask(gateway, '/echo', body);
  expect([answer.status, answer.json()]).toEqual([400, { detail: expect.stringMatching(said) }]);
});

test('what a tool without arguments is sent is not read (COMPAT-02)', async () => {
  const gateway = await createCompatGateway([echoing(properties({}))]);
  for (const body of [undefined, '{"a":1}', 'nonsense']) {
    expect((await ask(gateway, '/echo', body, {})).status).toBe(200);
  }
  expect(gateway.upstream.calls.map(({ argumentsJson }) => argumentsJson)).toEqual(['{}', '{}', '{}']);
});

test('errors and what they repeat are bounded (COMPAT-34)', async () => {
  const gateway = await createCompatGateway([
    echoing(
      properties({ a: { type: 'array', items: integer }, m: properties({ x: text }, { required: ['x'] }) }),
    ),
  ]);
  const many = errorsOf(await ask(gateway, '/echo', JSON.stringify({ a: Array(5_000).fill('x') })));
  expect(many).toHaveLength(100);
  const long = errorsOf(await ask(gateway, '/echo', JSON.stringify({ m: { y: 'x'.repeat(20_000) } })));
  expect(long).toMatchObject([{ type: 'missing', loc: ['body', 'm', 'x'], input: null }]);
});

test('alternatives within alternatives do not multiply the work (COMPAT-34)', async () => {
  const node = (name: string): object =>
    properties({ [name]: integer, next: { $ref: '#/$defs/node' } }, { type: 'object' });
  const schema = properties(
    { tree: { $ref: '#/$defs/node' } },
    { $defs: { node: { anyOf: [node('p'), node('q'), { type: 'null' }] } } },
  );
  let tree = '{"p":"1"}';
  for (let depth = 0; depth < 60; depth += 1) tree = `{"p":"1","next":${tree}}`;
  const start = performance.now();
  await sendTo(schema, `{"tree":${tree}}`);
  expect(performance.now() - start).toBeLessThan(5_000);
});
