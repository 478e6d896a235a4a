import { hash } from 'node:crypto';
import type { AuditSettings } from '../config/audit-settings.ts';
import { rawPath } from '../http/raw-path.ts';
import { identityOf } from '../http/request-identity.ts';
import type { RequestRecord } from '../http/request-record.ts';
import type { JsonValue } from '../json/value.ts';
import { compilePatterns } from '../upstream/name-patterns.ts';
import { redact } from './redact.ts';

/** Longer arguments have their digest in place of themselves. */
const maxArgumentsLength = 65_536;
/** What strangers write is cut. */
const maxTextLength = 256;

/** Writes a request as one line of JSON, without the line break; undefined for what is no business of the audit log. */
export type ToAuditLine = (record: RequestRecord) => string | undefined;

/**
 * Lines for calls, and for what was refused: credentials, limits, and whatever else a POST was refused for (AUDIT rules).
 *
 * Credentials are never in it; arguments only as far as the settings say.
 */
export function createAuditLine(settings: Pick<AuditSettings, 'arguments' | 'mask'>): ToAuditLine {
  const argumentsOf = createArgumentsReader(settings);
  return (record) => {
    const { request, operation, status, argumentsJson } = record;
    if (operation === undefined && !isRefusal(request.method, status)) return undefined;
    return JSON.stringify({
      time: record.startedAt.toISOString(),
      event: operation === undefined ? 'refused' : 'call',
      requestId: record.id,
      traceId: record.trace?.traceId,
      address: cut(record.address),
      caller: callerOf(record),
      ...(operation === undefined
        ? { method: request.method, path: cut(rawPath(request.url ?? '/')) }
        : { server: record.serverName, tool: operation.tool }),
      status,
      code: record.code,
      ms: Math.round(record.durationMs * 100) / 100,
      ...(argumentsJson !== undefined && argumentsOf(argumentsJson)),
    });
  };
}

/** What an auditor asks about: who may not, who does too much, and calls that never became one. */
function isRefusal(method: string | undefined, status: number): boolean {
  return status === 401 || status === 403 || status === 429 || (method === 'POST' && status >= 400);
}

function callerOf({ request }: RequestRecord): object | undefined {
  const identity = identityOf(request);
  if (identity === undefined) return undefined;
  const { kind, name, by } = identity;
  return { kind, name: cut(name), ...(by !== undefined && { by: { kind: by.kind, name: cut(by.name) } }) };
}

function createArgumentsReader(
  settings: Pick<AuditSettings, 'arguments' | 'mask'>,
): (text: string) => object | undefined {
  switch (settings.arguments) {
    case 'none':
      return () => undefined;
    case 'digest':
      return digestOf;
    case 'redacted': {
      const isMasked = compilePatterns(settings.mask);
      return (text) => {
        if (text.length > maxArgumentsLength) return digestOf(text);
        // They were parsed before they were sent.
        return { arguments: redact(JSON.parse(text) as JsonValue, isMasked) };
      };
    }
  }
}

function digestOf(text: string): object {
  return { argumentsDigest: `sha256:${hash('sha256', text, 'hex')}` };
}

function cut(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}
