import { json, post, toCase, type CompatCase } from './compat-case.ts';

/** What becomes of arguments: those that are converted, filled in, dropped and refused. */
export function argumentCases(): readonly CompatCase[] {
  return [...scalars(), ...structures(), ...limits(), ...malformed(), ...mediaTypes()];
}

const values = [
  '5',
  '"5"',
  '" 5 "',
  '"5.0"',
  '"+5"',
  '"1_000"',
  '"1e3"',
  '""',
  '"abc"',
  '5.0',
  '5.5',
  '0',
  '1',
  '2',
  'true',
  'false',
  'null',
  '[]',
  '[1]',
  '["1","x"]',
  '{}',
  '{"x":1}',
  '"yes"',
  '"OFF"',
  '"tRuE"',
  '" true"',
];

function scalars(): readonly CompatCase[] {
  return ['s', 'i', 'n', 'b', 'ai', 'o', 'm', 'u', 'un', 'us'].flatMap((key) =>
    values.map((value) => post('/typed/echo', `{"${key}":${value}}`)),
  );
}

function structures(): readonly CompatCase[] {
  return [
    post('/typed/echo', '{"o":{"k":null,"z":[null]},"any":{"q":null},"a":[null],"m":{"x":1,"zz":2},"zzz":1}'),
    post('/typed/echo', '{"lm":[{"k":"v","zz":1},{}]}'),
    post('/typed/echo', '{"any":null}'),
    post('/typed/echo', '{"nul":null}'),
    post('/typed/echo', '{"nul":1}'),
    post('/typed/echo', '{"ud":null}'),
    post('/typed/echo', '{"d":null}'),
    post('/typed/echo', '{"um":{"p":"1"}}'),
    post('/typed/echo', '{"um":{"z":1}}'),
    post('/typed/echo', '{"um":"yes"}'),
    post('/typed/echo', '{"um":{"p":1,"q":2}}', 'COMPAT-23'),
    post('/typed/echo', '{"under":"x","_under":"y"}'),
    post('/typed/echo', '{"aa":[[1,"2"],[]]}'),
    post('/typed/echo', '{"aa":[1,["x"]]}'),
    post('/typed/echo', '{"m":{"x":"1","y":null}}'),
    post('/typed/echo_required', '{}'),
    post('/typed/echo_required', '{"s":5,"i":"x","a":[1,"b",2]}'),
    post('/typed/echo_required', '{"s":"x","i":1,"un":null}', 'COMPAT-23'),
    post('/typed/echo_refs', '{"p":{"x":"1"},"l":[{"x":2,"y":3}],"o":{"x":3}}'),
    post('/typed/echo_refs', '{"p":{},"l":[{}],"o":{}}'),
    post('/typed/echo_nothing', '{}'),
    post('/typed/echo_nothing', '{"a":1}'),
    post('/typed/echo_nothing', 'nonsense'),
    toCase('config', '/typed/echo_nothing', {}),
    post('/typed/no-description.v2', '{"s":"x"}'),
    post('/typed/echo_map', '{"a":"b"}', 'COMPAT-21'),
  ];
}

/** What mcpo drops from schemas is enforced; what satisfies it passes through both. */
function limits(): readonly CompatCase[] {
  return [
    post('/typed/echo_limits', '{"state":"open","size":"3","code":"AB","list":[1],"five":5,"map":{"a":1}}'),
    post('/typed/echo_limits', '{"state":5}'),
    post('/typed/echo_limits', '{"state":"nonsense"}', 'COMPAT-20'),
    post('/typed/echo_limits', '{"size":0}', 'COMPAT-20'),
    post('/typed/echo_limits', '{"size":11}', 'COMPAT-20'),
    post('/typed/echo_limits', '{"code":"ab"}', 'COMPAT-20'),
    post('/typed/echo_limits', '{"code":"A"}', 'COMPAT-20'),
    post('/typed/echo_limits', '{"list":[]}', 'COMPAT-20'),
    post('/typed/echo_limits', '{"five":6}', 'COMPAT-20'),
    post('/typed/echo_limits', '{"map":{"a":"b"}}', 'COMPAT-20'),
    post('/typed/echo_limits', '{"open":{"x":1,"y":2}}', 'COMPAT-23'),
  ];
}

function malformed(): readonly CompatCase[] {
  const path = '/typed/echo_required';
  return [
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '[1,',
    '[1',
    '[1 2]',
    'nope',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{"a":"x',
    '{"a":"\\x"}',
    '{"a":"\\u12"}',
    '{"a":"x\ny"}',
    '{} x',
    '01',
    '1.',
    '-',
    '"abc',
    '{,}',
    '{"é😀": nope}',
    '\n\n  {"a":\n x}',
    ' ',
    '[}',
    '{"a":"b"]',
    '{1:2}',
    'tru',
    '[]',
    '"x"',
    '5',
    'null',
    'true',
    '[1,2]',
    '',
  ]
    .map((body) => post(path, body))
    .concat([
      toCase('config', path, { body: Buffer.from('efbbbf7b7d', 'hex'), headers: json }),
      toCase('config', path, { body: Buffer.from('7b2261223a22ff227d', 'hex'), headers: json }),
      post(path, '{"s":"x","s":"y","i":1,"un":2}', 'COMPAT-28'),
      post(path, '{"a":NaN}', 'COMPAT-28'),
      post(path, '{"a":"\\ud800"}', 'COMPAT-28'),
    ]);
}

function mediaTypes(): readonly CompatCase[] {
  const path = '/typed/echo_required';
  const body = '{"s":"typed","i":1,"un":2}';
  return [
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-8',
    'application/vnd.x+json',
    'APPLICATION/JSON',
  ]
    .map((type) => toCase('config', path, { body, headers: { 'content-type': type } }))
    .concat([
      toCase('config', path, { body }),
      toCase('config', path, { body: '' }),
      toCase('config', path, { body: '', headers: { 'content-type': 'text/plain' } }),
      toCase('config', path, { body, headers: { 'content-type': 'nonsense' } }, 'COMPAT-31'),
      toCase('config', path, { body, headers: { ...json, 'content-encoding': 'gzip' } }, 'COMPAT-31'),
    ]);
}
