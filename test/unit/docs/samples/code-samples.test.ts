import { describe, expect, test } from 'vitest';
import { collectDocuments } from '../../../consumers/documents.ts';
import { documentOperations } from '../../../consumers/document-operations.ts';
import { toCodeSamples, withCodeSamples } from '../../../../src/docs/samples/with-code-samples.ts';
import type { JsonObject, JsonValue } from '../../../../src/json/value.ts';

const schemes = {
  bearer: { type: 'http', scheme: 'Bearer' },
  basic: { type: 'http', scheme: 'basic' },
  token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://id.example/.well-known/openid-configuration' },
  header: { type: 'apiKey', in: 'header', name: 'X-Key' },
  query: { type: 'apiKey', in: 'query', name: 'key' },
  cookie: { type: 'apiKey', in: 'cookie', name: 'session' },
  hostile: { type: 'apiKey', in: 'header', name: '$(id)"' },
  mutual: { type: 'mutualTLS' },
};

test('a call is told in five ways, the last of them MCP with the name that the server knows', async () => {
  const samples = samplesOf({ example: { zone: "l'été", deep: { many: [1, true, null] } } });
  expect(samples.map(({ lang, label }) => `${label} ${lang}`)).toEqual([
    'curl Shell',
    'JavaScript JavaScript',
    'Python Python',
    'openapi-fetch TypeScript',
    'MCP JSON',
  ]);
  const texts = samples.map(({ source }) => `${source}\n`);
  await expect(texts.join('\n')).toMatchFileSnapshot('expected-samples.txt');
});

test('a copy gets the samples; the document stays as it was', () => {
  const document = toDocument({ example: {} });
  const before = JSON.stringify(document);
  const shown = withCodeSamples(document);
  expect(JSON.stringify(document)).toBe(before);
  expect(shown['components']).toBe(document['components']);
  expect(JSON.stringify(shown)).toContain('"x-codeSamples":[{"lang":"Shell"');
});

describe('credentials', () => {
  test.for([
    ['none', [], undefined],
    [
      'a key as bearer, before Basic',
      [{ basic: [] }, { bearer: [] }],
      '"Authorization: Bearer $MCPO_API_KEY"',
    ],
    ['Basic when there is nothing else', [{ basic: [] }], '--user "mcpo:$MCPO_API_KEY"'],
    ['a token', [{ token: [] }], '"Authorization: Bearer $MCPO_TOKEN"'],
    ['a token of a provider', [{ oidc: ['read'] }], '"Authorization: Bearer $MCPO_TOKEN"'],
    ['a key before a token', [{ oidc: [] }, { bearer: [] }], '"Authorization: Bearer $MCPO_API_KEY"'],
    ['a header', [{ header: [] }], '"X-Key: $MCPO_API_KEY"'],
    ['a cookie', [{ cookie: [] }], '"Cookie: session=$MCPO_API_KEY"'],
    ['a query', [{ query: [] }], '"?key=$MCPO_API_KEY"'],
    ['none where they are optional', [{ bearer: [] }, {}], undefined],
    ['none of a name that no shell should read', [{ hostile: [] }], undefined],
    ['none of an unknown kind', [{ mutual: [] }, { absent: [] }], undefined],
  ] satisfies (readonly [string, readonly JsonObject[], string | undefined])[])(
    'are %s',
    ([, security, expected]) => {
      const [curl] = samplesOf({ example: {}, security: [...security] });
      const found = curl?.source.split('\n').filter((line) => line.includes('MCPO_')) ?? [];
      expect(found).toHaveLength(expected === undefined ? 0 : 1);
      expect(found.join('')).toContain(expected ?? '');
    },
  );

  test('of an operation are its own', () => {
    const document = { ...toDocument({ example: {} }), security: [{ bearer: [] }] };
    const operation = { requestBody: {}, security: [] };
    const [curl] = toCodeSamples(document, { path: '/a', method: 'post', operation });
    expect(curl?.source).not.toContain('MCPO_');
  });
});

describe('the address', () => {
  test.for([
    ['/', undefined, 'http://localhost:8000/t'],
    ['/time', undefined, 'http://localhost:8000/time/t'],
    ['https://api.example/v1/', undefined, 'https://api.example/v1/t'],
    ['/time', 'https://tools.example', 'https://tools.example/time/t'],
    ['/time', 'https://tools.example/mcp/', 'https://tools.example/mcp/time/t'],
    ['/mcp/time', 'https://tools.example/mcp', 'https://tools.example/mcp/time/t'],
    ['http://localhost:8000/', 'https://tools.example', 'https://tools.example/t'],
    ['javascript:alert(1)', undefined, 'http://localhost:8000/t'],
    ['http://[::1]:8000', undefined, 'http://[::1]:8000/t'],
    ['https://me:secret@api.example', undefined, 'https://api.example/t'],
    ['https://{region}.example', undefined, 'https://eu.example/t'],
  ])('for %s with the gateway at %s is %s', ([server, gatewayUrl, expected]) => {
    const servers = [{ url: server ?? '', variables: { region: { default: 'eu' } } }];
    const document = { ...toDocument({ example: {}, path: '/t' }), servers };
    const { source } = sampleOf(document, 'curl', gatewayUrl === undefined ? {} : { gatewayUrl });
    expect(
      source
        .split(' ')
        .find((word) => word.replace("'", '').startsWith('http'))
        ?.replaceAll("'", ''),
    ).toBe(expected);
  });

  test('of a path that is no address is escaped', () => {
    const document = toDocument({ example: {}, path: `/a%20b/"$(id)'é[1-9]{x}<` });
    expect(sampleOf(document, 'curl').source).toContain(
      `'http://localhost:8000/a%20b/%22$(id)'\\''%C3%A9%5B1-9%5Dx%3C'`,
    );
  });
});

test('an operation that is no tool has no MCP call, and its path is filled in', () => {
  const operation = { parameters: [{ in: 'path', name: 'id', example: 'a/b' }] };
  const document = { openapi: '3.1.0', paths: { '/things/{id}': { get: operation } } };
  const samples = toCodeSamples(document, { path: '/things/{id}', method: 'get', operation });
  expect(samples.map(({ label }) => label)).toEqual(['curl', 'JavaScript', 'Python', 'openapi-fetch']);
  expect(samples[0]?.source).toBe('curl http://localhost:8000/things/a%2Fb');
  expect(samples[3]?.source).toContain('client.GET("/things/{id}", {\n  params: { path: { id: "a/b" } },');
});

test('the arguments are those of the example, wherever it is; {} where there is none or it is huge', () => {
  const bodies: readonly (readonly [JsonObject, JsonValue])[] = [
    [{ example: { a: 1 } }, { a: 1 }],
    [{ examples: { one: { $ref: '#/components/examples/one' } } }, { b: 2 }],
    [{ schema: { $ref: '#/components/schemas/S' } }, { c: 3 }],
    [{ schema: { type: 'object' } }, {}],
    [{ example: { long: 'x'.repeat(20_000) } }, {}],
    [{ schema: { $ref: '#/components/schemas/Loop' } }, {}],
  ];
  for (const [media, expected] of bodies) {
    const document = toDocument({ media });
    expect(argumentsOf(document)).toEqual(expected);
  }
});

test('every tool of every server has samples, and their arguments are the example', async (context) => {
  const documents = await collectDocuments();
  let tools = 0;
  for (const text of documents.values()) {
    // As documentOperations reads it.
    const shown = withCodeSamples(JSON.parse(text) as JsonObject) as never;
    for (const { path, tool, example } of documentOperations(text)) {
      const { 'x-codeSamples': samples } = (shown as Shown).paths[path]?.post ?? { 'x-codeSamples': [] };
      expect(samples).toHaveLength(5);
      const message = JSON.parse(samples[4]?.source ?? '') as JsonObject;
      expect(message['params']).toEqual({ name: tool, arguments: example ?? {} });
      tools += 1;
    }
  }
  expect(tools).toBeGreaterThan(30);
  await context.annotate(`${tools} tools of ${documents.size} documents`);
});

interface Shown {
  readonly paths: Readonly<
    Record<string, { readonly post: { readonly 'x-codeSamples': readonly { readonly source: string }[] } }>
  >;
}

interface Parts {
  readonly example?: JsonValue;
  readonly media?: JsonObject;
  readonly path?: string;
  readonly security?: JsonValue;
}

function toDocument({ example = {}, media = { example }, path = '/tell', security = [] }: Parts): JsonObject {
  return {
    openapi: '3.1.0',
    servers: [{ url: '/' }],
    security,
    paths: {
      [path]: {
        post: { 'x-mcp-tool': 'tell it', requestBody: { content: { 'application/json': media } } },
      },
    },
    components: {
      securitySchemes: schemes,
      examples: { one: { value: { b: 2 } } },
      schemas: { S: { examples: [{ c: 3 }] }, Loop: { $ref: '#/components/schemas/Loop' } },
    },
  };
}

function samplesOf(parts: Parts): ReturnType<typeof toCodeSamples> {
  return allOf(toDocument({ security: [{ bearer: [] }], ...parts }));
}

function allOf(document: JsonObject, options = {}): ReturnType<typeof toCodeSamples> {
  const [[path, item] = ['', {}]] = Object.entries(document['paths'] as Record<string, JsonObject>);
  return toCodeSamples(document, { path, method: 'post', operation: item['post'] as JsonObject }, options);
}

function sampleOf(document: JsonObject, label: string, options = {}): { readonly source: string } {
  const found = allOf(document, options).find((sample) => sample.label === label);
  if (found === undefined) throw new Error(`there is no sample ${label}`);
  return found;
}

function argumentsOf(document: JsonObject): JsonValue | undefined {
  const message = JSON.parse(sampleOf(document, 'MCP').source) as { params: { arguments: JsonValue } };
  return message.params.arguments;
}
