import { describe, expect, test } from 'vitest';
import {
  buildDocument,
  buildServerDocument,
  type DocumentOptions,
} from '../../../../src/contract/document/build-document.ts';
import { checkDocument } from '../../../../src/contract/document/check-document.ts';

const sources = [
  { server: 'one', tools: [{ name: 'a' }, { name: 'b' }] },
  { server: 'two', tools: [{ name: 'a' }] },
];

interface Shown {
  readonly paths: Readonly<Record<string, { readonly post: { readonly responses: Record<string, object> } }>>;
  readonly components: {
    readonly headers: Record<string, object>;
    readonly responses: Record<string, { readonly description: string }>;
  };
}

async function shown(options: Partial<DocumentOptions>, server?: string): Promise<Shown> {
  const all = { sources, ...options };
  const { document } = server === undefined ? buildDocument(all) : buildServerDocument(all, server);
  await checkDocument(document);
  return document as unknown as Shown; // buildDocument's documents have these members
}

const isRateLimited = (server: string, tool: string): boolean => server === 'one' && tool === 'a';

const limitedPaths = ({ paths }: Shown): readonly string[] =>
  Object.keys(paths).filter((path) => paths[path]?.post.responses['429'] !== undefined);

describe('a document', () => {
  test('declares 429 with its headers where calls are counted, and nowhere else (LIMIT-07)', async () => {
    const merged = await shown({ isRateLimited });
    expect(limitedPaths(merged)).toEqual(['/one/a']);
    expect(merged.components.responses['RateLimited']).toMatchObject({
      description: expect.stringContaining('rate_limited'),
      headers: { 'Retry-After': {}, RateLimit: {}, 'RateLimit-Policy': {} },
    });
    expect(limitedPaths(await shown({ isRateLimited }, 'one'))).toEqual(['/a']);
    expect(limitedPaths(await shown({ isRateLimited }, 'two'))).toEqual([]);
    expect(limitedPaths(await shown({ isRateLimited: () => true }))).toHaveLength(3);
  });

  test('has the bytes of one without limits where nothing is counted (LIMIT-07)', async () => {
    const bare = JSON.stringify(await shown({}));
    expect(JSON.stringify(await shown({ isRateLimited: () => false, needsShared: false }))).toBe(bare);
    expect(bare).not.toMatch(/RateLimit|limits_unavailable/);
  });

  test('tells of both where tool failures are 429 too (LIMIT-07)', async () => {
    const document = await shown({ toolErrorStatus: 429, isRateLimited: (server) => server === 'two' });
    const responseOf = (path: string): string => {
      const ref = document.paths[path]?.post.responses['429'] as { readonly $ref: string };
      return document.components.responses[ref.$ref.split('/').at(-1) ?? '']?.description ?? '';
    };
    expect(responseOf('/two/a')).toMatch(/rate_limited.*tool_error/);
    expect(responseOf('/one/a')).toMatch(/tool_error/);
    expect(responseOf('/one/a')).not.toMatch(/rate_limited/);
  });

  test('names the refusals of shared things among those of 503 (REDIS-06)', async () => {
    const { components } = await shown({ needsShared: true });
    expect(components.responses['NotReady']?.description).toMatch(/shutting_down, limits_unavailable\.$/);
    const { components: other } = await shown({ needsShared: true, security: { tokens: true } });
    expect(other.responses['NotReadyForTokens']?.description).toMatch(
      /issuer_unavailable, limits_unavailable\.$/,
    );
  });
});
