import type { JsonObject, JsonValue } from '../../../../src/json/value.ts';

/** What a server may say to get more than words onto a page. */
export const hostileText: string = [
  '<script>alert("script")</script>',
  '<img src=x onerror=alert("image")>',
  '</p><iframe src="https://example.com/frame"></iframe>',
  '[link](javascript:alert("link")) <javascript:alert(1)>',
  '![pixel](https://example.com/pixel.png)',
  'safe \u202Egnp.exe',
].join('\n');

/** A document as the gateway writes it: of named servers, of one without a name, or of one that means no good. */
export function toDocument({
  servers = [],
  copies = 1,
  isHostile = false,
}: {
  readonly servers?: readonly string[];
  readonly copies?: number;
  readonly isHostile?: boolean;
}): JsonObject {
  const operations = isHostile ? hostile() : usual(copies);
  const paths = servers.length === 0 ? operations.map((one) => toPath(one, '')) : [];
  for (const server of servers) paths.push(...operations.map((one) => toPath(one, server)));
  return {
    openapi: '3.1.0',
    info: {
      title: isHostile ? hostileText : 'Example tools',
      version: '1',
      description: isHostile ? hostileText : 'Tools.',
    },
    servers: [{ url: '/' }],
    ...(servers.length > 0 && { tags: servers.map((name) => ({ name })) }),
    paths: Object.fromEntries(paths),
    components: {
      schemas: {
        Circle: { type: 'object', properties: { next: { $ref: '#/components/schemas/Circle' } } },
        ...doubling(39),
      },
    },
  };
}

interface Operation {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonValue;
}

function usual(copies: number): readonly Operation[] {
  return Array.from({ length: copies }, (_, at) => (at === 0 ? '' : `_${at}`)).flatMap((suffix) => [
    {
      name: `read_file${suffix}`,
      description: 'Reads a file. It must be there.',
      schema: {
        type: 'object',
        required: ['path'],
        properties: {
          path: { type: 'string', minLength: 1, description: 'Where it is.' },
          encoding: { enum: ['utf8', 'latin1'], default: 'utf8' },
        },
      },
    },
    {
      name: `greet${suffix}`,
      description: 'Greets and congratulates.',
      schema: { type: 'object', properties: { name: { type: 'string' } } },
    },
  ]);
}

function hostile(): readonly Operation[] {
  return [
    {
      name: 'hostile',
      description: hostileText,
      schema: {
        ...object({
          // Names that are keywords elsewhere.
          default: { type: 'string', description: hostileText },
          example: { type: 'string', title: hostileText, description: hostileText },
          linked: { type: 'string', externalDocs: { url: 'javascript:alert(1)', description: hostileText } },
        }),
        externalDocs: { url: 'javascript:alert(1)' },
      },
    },
    {
      name: 'vast',
      description: 'Vast.',
      schema: object({
        a: { type: 'string', minLength: 1e9 },
        b: { type: 'array', minItems: 1e9, items: { type: 'string' } },
      }),
    },
    { name: 'doubling', description: 'Doubles.', schema: { $ref: '#/components/schemas/D0' } },
    { name: 'circle', description: 'Round.', schema: { $ref: '#/components/schemas/Circle' } },
    {
      name: 'dangling',
      description: 'Lost.',
      schema: object({ a: { $ref: '#/components/schemas/None' }, b: { $ref: 'https://example.com/x.json' } }),
    },
    { name: 'long', description: `Start ${'long <b>text</b> '.repeat(65_000)}Stop`, schema: object({}) },
  ];
}

/** 2^levels schemas, when each reference is replaced. */
function doubling(levels: number): JsonObject {
  return Object.fromEntries(
    Array.from({ length: levels + 1 }, (_, at) => {
      const next = { $ref: `#/components/schemas/D${at + 1}` };
      return [
        `D${at}`,
        at === levels ? { type: 'string' } : { type: 'object', properties: { a: next, b: next } },
      ];
    }),
  );
}

function toPath({ name, description, schema }: Operation, server: string): [string, JsonObject] {
  const prefix = server === '' ? '' : `/${server}`;
  const operation = {
    operationId: server === '' ? name : `${server}_${name}`,
    summary: name,
    description,
    ...(server !== '' && { tags: [server], 'x-mcp-server': server }),
    'x-mcp-tool': name,
    requestBody: { required: true, content: { 'application/json': { schema } } },
    responses: { '200': { description: 'The result.' }, '422': { description: 'Wrong arguments.' } },
  };
  return [`${prefix}/${name}`, { post: operation }];
}

function object(properties: JsonObject): JsonObject {
  return { type: 'object', properties };
}
