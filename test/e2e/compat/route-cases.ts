import { json, toCase, type CompatCase, type Target } from './compat-case.ts';

/** Where requests lead, and who may make them. */
export function routeCases(): readonly CompatCase[] {
  return [...routes(), ...credentials()];
}

function at(method: string, path: string, differs?: string): CompatCase {
  return toCase('config', path, { method, ...(method === 'POST' && { body: '{}', headers: json }) }, differs);
}

function call(
  target: Target,
  path: string,
  body: string,
  authorization: string | undefined,
  differs?: string,
): CompatCase {
  return toCase(target, path, { body, headers: { ...json, ...as(authorization) } }, differs);
}

function read(target: Target, authorization: string | undefined, differs?: string): CompatCase {
  return toCase(target, '/openapi.json', { method: 'GET', headers: as(authorization) }, differs);
}

function as(authorization: string | undefined): Readonly<Record<string, string>> {
  return authorization === undefined ? {} : { authorization };
}

function basic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function routes(): readonly CompatCase[] {
  return [
    ...['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD'].map((method) => at(method, '/typed/echo')),
    ...['GET', 'POST', 'PATCH', 'HEAD', 'OPTIONS'].map((method) => at(method, '/nope')),
    ...['GET', 'POST'].map((method) => at(method, '/typed/nope')),
    at('POST', '/nope/echo'),
    at('POST', '/typed/ECHO'),
    at('POST', '//typed/echo'),
    at('POST', '/typed/echo?x=1'),
    at('POST', '/typed/echo/'),
    at('GET', '/openapi.json/'),
    at('GET', '/docs/'),
    at('GET', '/memory/docs/'),
    at('GET', '/memory/openapi.json/'),
    at('POST', '/openapi.json'),
    at('POST', '/docs'),
    at('HEAD', '/openapi.json'),
    at('GET', '/openapi.json'),
    at('GET', '/memory/openapi.json'),
    at('GET', '/time/openapi.json', 'COMPAT-20'),
    at('GET', '/everything/openapi.json', 'COMPAT-20'),
    at('GET', '/filesystem/openapi.json', 'COMPAT-20'),
    at('GET', '/typed/openapi.json', 'COMPAT-20'),
    at('OPTIONS', '/typed/echo', 'COMPAT-30'),
    at('GET', '/dead/openapi.json', 'COMPAT-31'),
    at('POST', '/dead/tool', 'COMPAT-31'),
    at('GET', '/', 'COMPAT-32'),
    at('GET', '/docs', 'COMPAT-32'),
    at('GET', '/redoc', 'COMPAT-32'),
    at('GET', '/openapi.yaml', 'COMPAT-32'),
    at('GET', '/healthz', 'COMPAT-32'),
  ];
}

function credentials(): readonly CompatCase[] {
  const headers = ['Bearer secret', 'Bearer wrong', 'Bearer', 'Bearer ', 'secret', 'Token x', 'Basic !!'];
  const all = [undefined, ...headers, basic('u:secret'), basic('u:wrong'), basic('nocolon')];
  const some = [undefined, 'Bearer wrong', basic('u:wrong'), 'Basic !!', 'Token x'];
  return [
    ...all.map((authorization) => call('keyed', '/echo', '{"message":"x"}', authorization)),
    ...all.map((authorization) => call('strict', '/convert_time', '{}', authorization)),
    ...some.map((authorization) => read('strict', authorization)),
    read('keyed', undefined, 'COMPAT-20'),
    call('keyed', '/echo', '{"message":1}', 'Bearer secret'),
    call('keyed', '/echo', '{}', 'BEARER secret'),
    call('keyed', '/echo', '{', 'Bearer secret'),
    call('strict', '/convert_time', '', 'Bearer secret'),
    call('keyed', '/echo', '{', undefined, 'COMPAT-29'),
    call('keyed', '/nope', '{}', undefined, 'COMPAT-29'),
    call('keyed', '/nope', '{}', 'Bearer secret'),
    call('strict', '/nope', '{}', undefined),
    call('strict', '/convert_time', '{}', 'bearer secret', 'COMPAT-29'),
  ];
}
