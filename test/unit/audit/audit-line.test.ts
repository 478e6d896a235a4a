import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createAuditLine } from '../../../src/audit/audit-line.ts';
import { defaultAudit } from '../../../src/config/audit-settings.ts';
import { setIdentity } from '../../../src/http/request-identity.ts';
import { RequestRecord } from '../../../src/http/request-record.ts';
import type { Identity } from '../../../src/identity/identity.ts';

const toLine = createAuditLine(defaultAudit);

/** A record of a request that was answered with this. */
function recordOf(method: string, url: string, status: number, identity?: Identity): RequestRecord {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method, url });
  if (identity !== undefined) setIdentity(request, identity);
  const record = new RequestRecord(request, new ServerResponse(request), '192.0.2.1', () => undefined);
  record.status = status;
  return record;
}

describe('a line', () => {
  test('names who called by their identity, cut where it is endless (AUDIT-01)', () => {
    const identity = { kind: 'token', scopes: new Set<string>(), claims: { secret: 'claim' } } as const;
    const named = toLine(recordOf('POST', '/echo', 403, { ...identity, name: 'ada' })) ?? '';
    expect(JSON.parse(named)).toMatchObject({ caller: { kind: 'token', name: 'ada' }, address: '192.0.2.1' });
    expect(named).not.toContain('claim');
    const endless = toLine(recordOf('POST', '/echo', 403, { ...identity, name: 'a'.repeat(5_000) })) ?? '';
    expect(endless.length).toBeLessThan(1_000);
  });

  test('names a user of a proxy, and the key that the proxy came with (AUDIT-01)', () => {
    const common = { scopes: new Set<string>(), claims: {} };
    const by = { ...common, kind: 'api-key', name: 'webui' } as const;
    const line =
      toLine(recordOf('POST', '/echo', 403, { ...common, kind: 'forwarded', name: 'u-ada', by })) ?? '';
    expect(JSON.parse(line)).toMatchObject({
      caller: { kind: 'forwarded', name: 'u-ada', by: { kind: 'api-key', name: 'webui' } },
    });
  });

  test('is one line, whatever strangers write (AUDIT-02)', () => {
    const line = toLine(recordOf('POST', `/a\u0000\r\n"${'b'.repeat(5_000)}?query`, 404)) ?? '';
    // Control characters come before the space.
    expect(line.split('').every((character) => character >= ' ')).toBe(true);
    expect(line).not.toContain('query');
    expect(line.length).toBeLessThan(1_000);
  });

  test.each([
    ['GET', 401, true],
    ['GET', 403, true],
    ['GET', 429, true],
    ['GET', 404, false],
    ['GET', 200, false],
    ['POST', 400, true],
    ['POST', 404, true],
    ['POST', 503, true],
    ['OPTIONS', 204, false],
  ])('for %s that is answered with %i: %s (AUDIT-02)', (method, status, isWritten) => {
    expect(toLine(recordOf(method, '/', status)) !== undefined).toBe(isWritten);
  });
});
