import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { collectDocuments } from '../../../consumers/documents.ts';
import { renderLlmsTxt } from '../../../../src/docs/agents/llms-txt.ts';
import { renderToolMarkdown } from '../../../../src/docs/agents/tool-markdown.ts';
import { createSiteContext, type SiteContext } from '../../../../src/docs/site/site-context.ts';
import type { PublishedDocument, SiteOptions } from '../../../../src/docs/site/site.ts';
import type { JsonObject } from '../../../../src/json/value.ts';

const hostile = [
  '```',
  '# Forged heading',
  '````',
  '~~~',
  '</code></pre><script>alert(1)</script>',
  '| forged | cell |',
  '[link](javascript:alert(1)) ![pixel](https://example.com/p.png)',
  '<!--',
  '- forged item',
  'safe \u202Egnp.exe\u0000',
].join('\n');

const orderDocument = toDocument({
  title: 'Shop',
  description: 'Sells things.',
  tools: {
    place_order: {
      title: 'Place an order',
      description: 'Places an order. It cannot be undone.\n\nUse `find` first.',
      argument: 'item',
    },
  },
});

test('the page of a tool tells how to call it, what it takes, gives back and refuses', async () => {
  const { context, published } = toSite(orderDocument, { gatewayUrl: 'https://tools.example' });
  const [tool] = context.tools;
  if (tool === undefined) throw new Error('there is no tool');
  await expect(renderToolMarkdown(tool, context, published)).toMatchFileSnapshot('expected-tool.txt');
});

test('llms.txt names each tool with a link to its page', async () => {
  const { context } = toSite(orderDocument, {});
  await expect(renderLlmsTxt(context)).toMatchFileSnapshot('expected-llms.txt');
});

test('with a base URL the links are absolute', () => {
  const { context } = toSite(orderDocument, { baseUrl: 'https://docs.example/mcp' });
  expect(renderLlmsTxt(context)).toContain('](https://docs.example/mcp/tools/place_order.md)');
});

test('of several servers each has its section, and those that are missing are named', () => {
  const merged = toPublished('', toDocument({ tools: { one: toolSaying('a'), two: toolSaying('b') } }));
  const servers = ['a', 'b'].map((server) =>
    toPublished(server, toDocument({ tools: { [`tool_of_${server}`]: toolSaying(server) } })),
  );
  const missing = [{ server: 'c [x](javascript:y)', reason: 'it exited' }];
  const context = createSiteContext({ merged, servers, missing }, {});
  const text = renderLlmsTxt(context);
  expect(headingsOf(lex(text))).toEqual(['Tools of a', 'Tools of b', 'Contract']);
  expect(text).toContain('> 2 tools of 2 MCP servers,');
  expect(text).toContain('- [tool_of_b](tools/b/tool_of_b.md): Says b.');
  expect(text).toContain('- [b/openapi.json](b/openapi.json): ');
  expect(text).toContain('did not tell their tools: c \\[x\\](javascript:y).');
});

describe('what a server says', () => {
  const document = toDocument({
    tools: {
      [`na\nme | \`x\` ${hostile}`]: { description: hostile, title: hostile, argument: `a ${hostile}` },
    },
    description: hostile,
    title: hostile,
  });

  test('forges no heading, row, list or fence in the page of a tool', () => {
    const { context, published } = toSite(document, {});
    const text = context.tools.map((tool) => renderToolMarkdown(tool, context, published)).join('\n');
    const tokens = lex(text);
    expect(headingsOf(tokens)).toEqual(['What it does', 'Arguments', 'How to call it', 'Result', 'Errors']);
    expect(tokens.filter(({ type }) => type === 'html')).toEqual([]);
    expect(tokens.filter(({ type }) => type === 'list')).toHaveLength(1);
    const argumentTable = tokens.find(({ type }) => type === 'table');
    expect(argumentTable?.rows?.map((row) => row.length)).toEqual([4]);
    const description = tokens.find(({ type, lang }) => type === 'code' && lang === 'text');
    expect(description?.text).toBe(hostile.replace('\u202E', '\uFFFD').replace('\0', '\uFFFD'));
    expect(linksOf(tokens)).toEqual([]);
  });

  test('forges nothing in llms.txt', () => {
    const { context } = toSite(document, {});
    const text = renderLlmsTxt(context);
    const tokens = lex(text);
    expect(headingsOf(tokens)).toEqual(['Tools', 'Contract']);
    expect(tokens.filter(({ type }) => type === 'html')).toEqual([]);
    expect(tokens.filter(({ type }) => type === 'list')).toHaveLength(2);
    expect(linksOf(tokens)).toEqual([
      'http://localhost:8000',
      expect.stringMatching(/^tools\/[\w-]+\.md$/),
      'openapi.json',
      'openapi.yaml',
    ]);
    expect(text).not.toContain('\u202E');
    expect(text).not.toContain('\0');
  });

  test('of a million characters is cut short, and the page says where the rest is', () => {
    const long = toDocument({ tools: { long: { description: 'word '.repeat(200_000), title: 'Long' } } });
    const { context, published } = toSite(long, {});
    const [tool] = context.tools;
    if (tool === undefined) throw new Error('there is no tool');
    const text = renderToolMarkdown(tool, context, published);
    expect(text.length).toBeLessThan(30_000);
    expect(text).toContain('980000 more characters are in the [OpenAPI document](../openapi.json).');
    expect(renderLlmsTxt(context).length).toBeLessThan(1_500);
  });
});

test('a schema stands alone: references lead to its $defs, recursion stays, examples are untouched', () => {
  const { context, published } = toSite(orderDocument, {});
  const [tool] = context.tools;
  if (tool === undefined) throw new Error('there is no tool');
  const schema = lex(renderToolMarkdown(tool, context, published)).find(({ lang }) => lang === 'json');
  expect(JSON.parse(schema?.text ?? '')).toMatchObject({
    properties: { item: { $ref: '#/$defs/Item' } },
    $defs: {
      Item: {
        properties: { parts: { items: { $ref: '#/$defs/Item' } } },
        default: { $ref: '#/components/schemas/Item' },
      },
    },
  });
});

test('every tool of every server has a page with the sections of a page, and a line in llms.txt', async (context) => {
  const documents = await collectDocuments();
  let tools = 0;
  for (const json of documents.values()) {
    const { context: site, published } = toSite(JSON.parse(json) as JsonObject, {});
    const lines = linksOf(lex(renderLlmsTxt(site)));
    for (const tool of site.tools) {
      const text = renderToolMarkdown(tool, site, published);
      const tokens = lex(text);
      const headings = headingsOf(tokens).filter((heading) => heading !== 'What it does');
      expect(headings).toEqual(['Arguments', 'How to call it', 'Result', 'Errors']);
      for (const { lang, text: code = '' } of tokens) if (lang === 'json') JSON.parse(code);
      expect(lines).toContain(site.map.markdownOf(tool));
      expect(renderToolMarkdown(tool, site, published)).toBe(text);
      tools += 1;
    }
  }
  expect(tools).toBeGreaterThan(30);
  await context.annotate(`${tools} tools of ${documents.size} documents`);
});

/** What Redoc reads Markdown with is among the installed packages; only its tokens are of interest. */
interface Token {
  readonly type: string;
  readonly depth?: number;
  readonly text?: string;
  readonly lang?: string;
  readonly href?: string;
  readonly rows?: readonly (readonly { readonly tokens: readonly Token[] }[])[];
  readonly items?: readonly Token[];
  readonly tokens?: readonly Token[];
}

function lex(text: string): readonly Token[] {
  const require = createRequire(import.meta.url);
  // The package is Redoc's own.
  const { marked } = createRequire(require.resolve('redoc'))('marked') as {
    marked: { lexer(text: string): readonly Token[] };
  };
  return marked.lexer(text);
}

function headingsOf(tokens: readonly Token[]): readonly (string | undefined)[] {
  return tokens.filter(({ type, depth }) => type === 'heading' && depth !== 1).map(({ text }) => text);
}

function linksOf(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap(({ type, href, tokens: inner = [], items = [], rows = [] }) => [
    ...(/^(?:link|image)$/.test(type) ? [href ?? ''] : []),
    ...linksOf([...inner, ...items, ...rows.flatMap((row) => row.flatMap((cell) => cell.tokens))]),
  ]);
}

function toolSaying(word: string): { readonly title: string; readonly description: string } {
  return { title: word, description: `Says ${word}. And more.` };
}

function toPublished(server: string, document: JsonObject): PublishedDocument {
  return { server, document, json: JSON.stringify(document) };
}

function toSite(
  document: JsonObject,
  options: SiteOptions,
): { readonly context: SiteContext; readonly published: PublishedDocument } {
  const published = toPublished('', document);
  return { context: createSiteContext({ merged: published, servers: [], missing: [] }, options), published };
}

interface DocumentParts {
  readonly title?: string;
  readonly description?: string;
  readonly tools: Readonly<
    Record<string, { readonly title: string; readonly description: string; readonly argument?: string }>
  >;
}

function toDocument({ title = 'Title', description = '', tools }: DocumentParts): JsonObject {
  const paths = Object.entries(tools).map(([name, tool], index): [string, JsonObject] => [
    `/tool-${index}`,
    {
      post: {
        operationId: `tool-${index}`,
        summary: tool.title,
        description: tool.description,
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: [tool.argument ?? 'item'],
                properties: {
                  [tool.argument ?? 'item']: { $ref: '#/components/schemas/Item' },
                },
              },
              example: { [tool.argument ?? 'item']: { name: hostile } },
            },
          },
        },
        responses: {
          '200': {
            description: `# ${tool.title}`,
            content: { 'application/json': { schema: { enum: ['yes', 'no'] } } },
          },
          '422': { $ref: '#/components/responses/Invalid' },
        },
        'x-mcp-tool': name,
        'x-mcp-annotations': { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
      },
    },
  ]);
  return {
    openapi: '3.1.0',
    info: { title, version: '1', description },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      responses: { Invalid: { description: `The arguments violate the schema. ${description}` } },
      schemas: {
        Item: {
          description: `What to order. ${description}`,
          type: 'object',
          properties: {
            name: { type: 'string' },
            parts: { type: 'array', items: { $ref: '#/components/schemas/Item' } },
          },
          default: { $ref: '#/components/schemas/Item' },
        },
      },
    },
  };
}
