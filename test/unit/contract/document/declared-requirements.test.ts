import { describe, expect, test } from 'vitest';
import { buildContract } from '../../../../src/contract/build-contract.ts';
import { canonicalize } from '../../../../src/contract/canonicalize.ts';
import { checkDocument } from '../../../../src/contract/document/check-document.ts';
import { buildDocument, type DocumentOptions } from '../../../../src/contract/document/build-document.ts';
import {
  declareRequirements,
  withoutRequirements,
  type Requirement,
} from '../../../../src/contract/document/declared-requirements.ts';
import { toDocumentForm } from '../../../../src/contract/forms/document-form.ts';
import type { JsonObject } from '../../../../src/json/value.ts';

const serverInfo = { name: 's', version: '1' };
const tools = ['open', 'shut'].map((name) => ({ name, inputSchema: { type: 'object' } }));
const all: DocumentOptions = {
  sources: [{ server: 'door', tools, serverInfo }],
  security: { keys: true, tokens: true, openIdConnectUrl: 'https://login.example.com/.well-known/x' },
};
const scoped = (...scopes: readonly string[]): Requirement => ({ scopes, credentials: 'any' });
const keys: Requirement = { scopes: [], credentials: 'keys' };
const anybody: Requirement = { scopes: [], credentials: 'any' };

const declare = (of: JsonObject): JsonObject => declareRequirements(of, '', () => [scoped('a'), keys]);

/** The security of `open`, which has these requirements. */
function securityOf(requirements: readonly Requirement[], options = all): unknown {
  const declared = declareRequirements(buildDocument(options).document, '', ({ server, tool }) =>
    server === 'door' && tool === 'open' ? requirements : [anybody],
  );
  const { paths } = declared as { paths: Record<string, { post: JsonObject }> };
  expect(paths['/door/shut']?.post).not.toHaveProperty('security');
  return paths['/door/open']?.post['security'];
}

describe('the security of an operation', () => {
  test('has the scopes of each rule at each scheme (AUTHZ-05)', () => {
    expect(securityOf([scoped('a', 'b')])).toEqual(
      ['bearer', 'basic', 'token', 'openIdConnect'].map((scheme) => ({ [scheme]: ['a', 'b'] })),
    );
    const tokens = tokensOnly();
    expect(securityOf([scoped('a', 'b'), scoped('c')], tokens)).toEqual([
      { token: ['a', 'b'] },
      { token: ['c'] },
    ]);
  });

  test('says no more than it has to (AUTHZ-05)', () => {
    const tokens = tokensOnly();
    expect(securityOf([scoped('a', 'b'), scoped('a'), scoped('a')], tokens)).toEqual([{ token: ['a'] }]);
    expect(securityOf([keys, scoped('a')])).toEqual([
      { bearer: [] },
      { basic: [] },
      { token: ['a'] },
      { openIdConnect: ['a'] },
    ]);
    expect(securityOf([keys])).toEqual([{ bearer: [] }, { basic: [] }]);
    expect(securityOf([keys], { ...all, security: 'api-key' })).toBeUndefined();
    expect(securityOf([anybody, scoped('a')])).toBeUndefined();
  });

  test('is left out where nothing opens the tool: what is open to everyone would look like it (AUTHZ-05)', () => {
    expect(securityOf([])).toBeUndefined();
    expect(securityOf([keys], tokensOnly())).toBeUndefined();
  });

  test('holds scopes of OpenID Connect alone in OpenAPI 3.0, and the loss is reported (AUTHZ-05)', () => {
    const document = declareRequirements(buildDocument(all).document, '', () => [scoped('a'), scoped('b')]);
    const form = toDocumentForm({ document }, { openapiVersion: '3.0' }).document as {
      paths: Record<string, { post: JsonObject }>;
      'x-loss-report': readonly JsonObject[];
    };
    expect(form.paths['/door/open']?.post['security']).toEqual([
      { bearer: [] },
      { basic: [] },
      { token: [] },
      { openIdConnect: ['a'] },
      { openIdConnect: ['b'] },
    ]);
    const lost = form['x-loss-report'].filter(({ keyword }) => keyword === 'security');
    expect(lost.map(({ pointer }) => pointer)).toEqual([
      '/paths/~1door~1open/post/security',
      '/paths/~1door~1shut/post/security',
    ]);
  });
});

describe('a document with requirements', () => {
  test('is valid, and tells of the refusal that comes of them (AUTHZ-05)', async () => {
    const document = declareRequirements(buildDocument(all).document, '', () => [scoped('a')]);
    await expect(checkDocument(canonicalize(document).document)).resolves.toBeUndefined();
    const { components } = document as unknown as { components: { responses: Record<string, JsonObject> } };
    const { Forbidden } = components.responses;
    expect(Forbidden?.['description']).toContain('not_permitted');
    expect(JSON.stringify(Forbidden)).toContain('missingScopes');
    expect(Object.keys(Forbidden?.['headers'] as JsonObject)).toEqual(['x-request-id', 'WWW-Authenticate']);
  });

  test.each([{}, { toolErrorStatus: 403 }, { security: 'none' as const }])(
    'is the one before without them, twice over: %j (AUTHZ-09)',
    async (more) => {
      const { document, digest } = await buildContract({ ...all, ...more });
      const declared = declare(declare(document));
      expect(declared).toEqual(declare(document));
      const isOpen = more.security === 'none';
      expect(canonicalize(declared).digest === digest).toBe(isOpen);
      expect(canonicalize(withoutRequirements(declared)).digest).toBe(digest);
      expect(canonicalize(withoutRequirements(document)).digest).toBe(digest);
    },
  );
});

function tokensOnly(): DocumentOptions {
  return { ...all, security: { tokens: true } };
}
