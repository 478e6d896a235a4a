import { post, type CompatCase } from './compat-case.ts';

/** What becomes of results and of errors, and the tools of servers that people use. */
export function answerCases(folder: string): readonly CompatCase[] {
  return [...results(), ...upstreamErrors(), ...realTools(folder)];
}

const image = { type: 'image', data: 'AA==', mimeType: 'image/png' };

function text(value: string): object {
  return { type: 'text', text: value };
}

function answer(result: object, differs?: string, tool = 'result'): CompatCase {
  return post(`/typed/${tool}`, JSON.stringify({ json: JSON.stringify(result) }), differs);
}

function results(): readonly CompatCase[] {
  const texts = [
    '123',
    '1.0',
    '"q"',
    'null',
    'true',
    '{"a": 1, "b": null, "c": [1,null]}',
    '[1, 2]',
    'NaN',
    '{"a":-Infinity}',
    '  {"x":1}  ',
    'é',
    '"\\u00e9 \\/"',
    '123456789012345678901234567890',
    'hello',
    '',
    ' ',
    '[',
    '﻿1',
    '"\\u2028 <"',
    'not NaN',
    '{"NaN": "NaN", "x": NaN}',
    'line\nline',
    '"unterminated',
  ];
  return [
    ...texts.map((value) => answer({ content: [text(value)] })),
    answer({ content: [text('1.50')] }),
    answer({ content: [text('1e400')] }, 'COMPAT-24'),
    answer({ content: [text('"\\ud800"')] }, 'COMPAT-28'),
    answer({ content: [] }),
    answer({ content: [text('1'), text('a')] }),
    answer({ content: [text('1'), image] }),
    answer({ content: [image] }),
    answer({ content: [{ type: 'audio', data: 'AA==', mimeType: 'audio/wav' }] }, 'COMPAT-25'),
    answer({ content: [{ type: 'resource_link', uri: 'x://y', name: 'n' }] }, 'COMPAT-25'),
    answer({ content: [{ type: 'resource', resource: { uri: 'x://y', text: 'tt' } }] }, 'COMPAT-25'),
    answer({ content: [text('plain')], structuredContent: { r: 1 } }),
    answer({ content: [], structuredContent: { r: 1 } }, 'COMPAT-25'),
    answer({ content: [text('it’s "wrong"\n')], isError: true }, 'COMPAT-27'),
    answer({ content: [], isError: true }, 'COMPAT-27'),
    answer({}, 'COMPAT-27'),
    answer({ content: [text('plain')], structuredContent: { r: 1 } }, undefined, 'result_typed'),
    answer({ content: [text('{"r":1,"s":"x"}')], structuredContent: { r: 1 } }, undefined, 'result_typed'),
    answer({ content: [text('{"r":"1","s":null}')], structuredContent: { r: 1 } }, undefined, 'result_typed'),
    answer({ content: [text('{"r":1,"z":2}')], structuredContent: { r: 1 } }, 'COMPAT-26', 'result_typed'),
    answer({ content: [text('{"r":1}')] }, 'COMPAT-26', 'result_typed'),
    answer({ content: [text('{"r":1}')], structuredContent: { r: 'x' } }, 'COMPAT-26', 'result_typed'),
  ];
}

function upstreamErrors(): readonly CompatCase[] {
  return [
    { code: -32601, message: 'no such method' },
    { code: -32602, message: 'wrong', data: { a: [1, null] } },
    { code: -32603, message: 'broken' },
    { code: -32600, message: 'bad request', data: 'd' },
    { code: -32700, message: 'unreadable', data: null },
    { code: -32000, message: 'out of order' },
    { code: 1, message: 'own code', data: 0 },
  ].map((error) => post('/typed/fail', JSON.stringify({ error })));
}

/** Calls of servers that people use, by their own rules. */
function realTools(folder: string): readonly CompatCase[] {
  const file = JSON.stringify(`${folder}/a.txt`);
  return [
    post('/time/get_current_time', '{"timezone":"Asia/Tokyo"}'),
    post('/time/get_current_time', '{"timezone":"Mars/Olympus"}', 'COMPAT-27'),
    post('/time/get_current_time', '{}'),
    post('/time/convert_time', '{"source_timezone":"UTC","time":"12:30","target_timezone":"Asia/Tokyo"}'),
    post('/time/convert_time', '{"source_timezone":"UTC","time":1230}'),
    post('/everything/echo', '{"message":"hello"}'),
    post('/everything/echo', '{"message":"123"}'),
    post('/everything/get-sum', '{"a":"1.5","b":true}'),
    post('/everything/get-sum', '{"a":1,"b":2,"c":3}'),
    post('/everything/get-sum', '{"a":1}'),
    post('/everything/get-tiny-image', '{}'),
    post('/everything/get-structured-content', '{"location":"New York"}'),
    post('/everything/get-structured-content', '{"location":"Nowhere"}', 'COMPAT-20'),
    post('/everything/get-annotated-message', '{"messageType":"error"}'),
    post('/everything/get-annotated-message', '{"messageType":"error","includeImage":"yes"}'),
    post('/everything/get-resource-reference', '{"resourceType":"Text","resourceId":1}', 'COMPAT-25'),
    post('/everything/get-resource-links', '{"count":2}', 'COMPAT-25'),
    post('/everything/get-env', '{}', 'COMPAT-33'),
    post('/memory/create_entities', '{"entities":[{"name":"a","entityType":"t","observations":["o"]}]}'),
    post('/memory/create_entities', '{"entities":[{"name":"b"}]}'),
    post('/memory/create_entities', '{"entities":{}}'),
    post('/memory/add_observations', '{"observations":[{"entityName":"a","contents":["p"]}]}'),
    post('/memory/read_graph', '{}'),
    post('/memory/search_nodes', '{"query":"a"}'),
    post('/memory/open_nodes', '{"names":["a","z"]}'),
    post('/memory/open_nodes', '{"names":"a"}'),
    post('/memory/delete_entities', '{"entityNames":["a"]}'),
    post('/filesystem/read_text_file', `{"path":${file}}`),
    post('/filesystem/read_text_file', `{"path":${file},"head":"1"}`),
    post('/filesystem/read_text_file', `{"path":${file},"head":null}`),
    post('/filesystem/read_text_file', '{"path":"/etc/passwd"}', 'COMPAT-27'),
    post('/filesystem/list_directory', `{"path":${JSON.stringify(folder)}}`),
    post('/filesystem/list_directory_with_sizes', `{"path":${JSON.stringify(folder)},"sortBy":"size"}`),
    post(
      '/filesystem/list_directory_with_sizes',
      `{"path":${JSON.stringify(folder)},"sortBy":"x"}`,
      'COMPAT-20',
    ),
    post('/filesystem/directory_tree', `{"path":${JSON.stringify(folder)}}`),
    post('/filesystem/search_files', `{"path":${JSON.stringify(folder)},"pattern":"*.txt"}`),
    post('/filesystem/write_file', `{"path":${JSON.stringify(`${folder}/b.txt`)},"content":"b"}`),
    post('/filesystem/edit_file', `{"path":${file},"edits":[{"oldText":"one","newText":"1"}],"dryRun":true}`),
    post('/filesystem/edit_file', `{"path":${file},"edits":[{"oldText":"one"}]}`),
    post('/filesystem/list_allowed_directories', '{}'),
  ];
}
